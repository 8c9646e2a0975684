package dev.lmbridge.sim.chat.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.chat.tools.TextHints;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written is judged by the validator of Vert.x, which shares no code with the writer. */
final class SchemaDocumentTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int SCHEMAS = 600;

    @Test
    void documentsOfRandomSchemasValidate() {
        long seed = new Random().nextLong(1_000_000_000);
        System.out.println("SchemaDocumentTest: seed " + seed);
        RandomSchemas schemas = new RandomSchemas(seed);
        for (int i = 0; i < SCHEMAS; i++) {
            ObjectNode schema = schemas.next();
            JsonNode document = new SchemaDocument(schema, Hints.NONE).of("", schema, i);
            assertThat(problems(schema, document))
                    .as("seed %d, schema %d: %s%n%s", seed, i, schema, document)
                    .isEmpty();
            assertThat(document.toString().length()).isLessThan(60_000);
        }
    }

    @ParameterizedTest
    @CsvSource({"9, -26, 7", "9, -13, 8", "5, -93, 4", "8, 0, 7", "2.5, -3, 1", "9, -20, 0", "4, -7, -1"})
    void theOnlyMultiplesMayLieBelowTheFirstOneAboveZero(String step, String least, String most) throws Exception {
        ObjectNode schema = (ObjectNode) MAPPER.readTree("{\"type\":\"object\",\"required\":[\"a\"],\"properties\":"
                + "{\"a\":{\"type\":\"number\",\"multipleOf\":" + step + ",\"minimum\":" + least + ",\"maximum\":"
                + most
                + "}}}");
        for (int seed = 0; seed < 10; seed++) {
            JsonNode document = new SchemaDocument(schema, Hints.NONE).of("", schema, seed);
            assertThat(problems(schema, document)).as("%s", document).isEmpty();
        }
    }

    @Test
    void documentsWithValuesOfATextValidateToo() {
        String text =
                "Order 17 of 2025-03-04 for ann@example.com: \"three red lamps\", field A 42, option 7 and 3.5 kg";
        RandomSchemas schemas = new RandomSchemas(7);
        for (int i = 0; i < 300; i++) {
            ObjectNode schema = schemas.next();
            JsonNode document = new SchemaDocument(schema, TextHints.of(text)).of("", schema, i);
            assertThat(problems(schema, document))
                    .as("schema %d: %s%n%s", i, schema, document)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "The lamp 'desk' costs 12.5 dollars. | price | {\"type\":\"number\"} | 12.5",
                "Write to ann@example.com | email | {\"type\":\"string\",\"format\":\"email\"} | \"ann@example.com\"",
                "Her mood is glad today | mood | {\"enum\":[\"sad\",\"glad\"]} | \"glad\"",
                "The title is \"A long day\" | title | {\"type\":\"string\"} | \"A long day\"",
                "It is due on 2026-05-06. | due | {\"type\":\"string\",\"format\":\"date\"} | \"2026-05-06\"",
                "tags \"one\", \"two\" | tags | {\"type\":\"array\",\"items\":{\"type\":\"string\"}} | [\"one\",\"two\"]"
            })
    void valuesComeFromTheText(String text, String field, String rule, String value) throws Exception {
        ObjectNode schema = MAPPER.createObjectNode().put("type", "object");
        schema.putObject("properties").set(field, MAPPER.readTree(rule));
        JsonNode document = new SchemaDocument(schema, TextHints.of(text)).of("", schema, 0);
        assertThat(document.path(field).toString()).isEqualTo(value);
    }

    @Test
    void theSeedVariesTheDocumentAndTheSameSeedRepeatsIt() throws Exception {
        JsonNode schema =
                MAPPER.readTree("{\"properties\":{\"name\":{\"type\":\"string\"},\"age\":{\"type\":\"integer\"}}}");
        JsonNode first = new SchemaDocument(schema, Hints.NONE).of("", schema, 1);
        assertThat(new SchemaDocument(schema, Hints.NONE).of("", schema, 1)).isEqualTo(first);
        assertThat(new SchemaDocument(schema, Hints.NONE).of("", schema, 2)).isNotEqualTo(first);
    }

    @Test
    void aSchemaThatNothingSatisfiesEndsAndIsSmall() throws Exception {
        JsonNode endless = MAPPER.readTree(
                "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"type\":\"object\",\"properties\":{\"b\":{\"$ref\":\"#/$defs/a\"},"
                        + "\"c\":{\"$ref\":\"#/$defs/a\"}},\"required\":[\"b\",\"c\"]}}}");
        assertThat(new SchemaDocument(endless, Hints.NONE)
                        .of("", endless, 0)
                        .toString()
                        .length())
                .isLessThan(200_000);
        JsonNode circle = MAPPER.readTree("{\"$ref\":\"#\"}");
        assertThat(new SchemaDocument(circle, Hints.NONE).of("", circle, 0)).isNotNull();
    }

    private static String problems(ObjectNode schema, JsonNode document) {
        OutputUnit found = Validator.create(
                        JsonSchema.of(new JsonObject(schema.toString())),
                        new JsonSchemaOptions()
                                .setBaseUri("https://schema.test/")
                                .setDraft(Draft.DRAFT202012)
                                .setOutputFormat(OutputFormat.Basic))
                .validate(new JsonObject(document.toString()));
        return Boolean.TRUE.equals(found.getValid()) ? "" : found.toJson().encode();
    }
}
