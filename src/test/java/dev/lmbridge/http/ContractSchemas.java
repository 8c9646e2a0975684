package dev.lmbridge.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.net.http.HttpResponse;

/**
 * The schemas of {@code openapi.yaml}, to hold answers against. Clients put up with fields that they do not know; here a
 * field that is not described is a fault, unless its schema says that there may be more.
 */
final class ContractSchemas {
    private final JsonObject definitions;

    /** @param schemas the object {@code components.schemas} as JSON */
    ContractSchemas(String schemas) {
        definitions = new JsonObject(schemas.replace("#/components/schemas/", "#/$defs/"));
        close(definitions);
    }

    private static void close(JsonObject part) {
        if (part.getValue("properties") instanceof JsonObject && !part.containsKey("additionalProperties")) {
            part.put("additionalProperties", false);
        }
        part.forEach(entry -> {
            if (entry.getValue() instanceof JsonObject inner) {
                close(inner);
            }
        });
    }

    /** Fails unless the response has this status, a request id, and a body of the named schema. */
    void check(String schema, HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.headers().firstValue("X-LM-Bridge-Request-Id")).isPresent();
        assertThat(response.headers().firstValue("Content-Type").orElse(""))
                .startsWith(schema.equals("Problem") ? "application/problem+json" : "application/json");
        check(schema, response.body());
    }

    /** Fails unless the text is a document of the named schema. */
    void check(String schema, String document) {
        assertThat(definitions.containsKey(schema)).as(schema).isTrue();
        JsonObject whole = new JsonObject().put("$ref", "#/$defs/" + schema).put("$defs", definitions.copy());
        OutputUnit found = Validator.create(
                        JsonSchema.of(whole),
                        new JsonSchemaOptions()
                                .setBaseUri("https://contract.test/")
                                .setDraft(Draft.DRAFT202012)
                                .setOutputFormat(OutputFormat.Basic))
                .validate(new JsonObject(document));
        assertThat(found.getValid())
                .as("%s: %s%n%s", schema, document, found.toJson())
                .isTrue();
    }
}
