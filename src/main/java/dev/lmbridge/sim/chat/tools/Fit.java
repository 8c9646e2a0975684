package dev.lmbridge.sim.chat.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.chat.schema.SchemaCheck;
import dev.lmbridge.sim.chat.schema.SchemaScope;
import dev.lmbridge.sim.chat.words.Synonyms;
import dev.lmbridge.sim.chat.words.Words;
import java.math.BigDecimal;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How well a value fits a field: by its looks, by the words around it and by its preposition. */
final class Fit {
    static final double NEVER = -100;

    /** What the words around a value may add if it looks like none for the field. */
    private static final double MOST_FOR_ALIEN = 0.5;

    private Fit() {}

    static double of(Value value, Field field) {
        JsonNode coerced = field.wantsAddress() && !isAddress(value) ? null : coerced(value, field.schema());
        if (coerced == null) {
            return NEVER;
        }
        double looks = looks(value, field);
        double context = context(value, field);
        boolean alien = looks < -2 && value.key().isEmpty();
        return looks + (alien ? Math.min(MOST_FOR_ALIEN, context) : context) + cue(value, field) + value.bonus();
    }

    /** Only addresses may stand where an address is wanted: a name would have to be looked up first. */
    private static boolean isAddress(Value value) {
        Kind kind = value.kind() == Kind.QUOTED ? Lexer.shape(value.text()) : value.kind();
        return kind == Kind.EMAIL || kind == Kind.URL || kind == Kind.PATH;
    }

    /** The value in the type of the schema, or null if it cannot stand there. */
    static @Nullable JsonNode coerced(Value value, ObjectNode schema) {
        JsonNode raw = value.json();
        String text = value.text();
        JsonNodeFactory json = JsonNodeFactory.instance;
        String types = schema.path("type").toString();
        JsonNode result;
        if (types.contains("\"string\"") || (types.isEmpty() && !raw.isContainerNode())) {
            result = json.textNode(text);
        } else if (types.contains("\"integer\"") || types.contains("\"number\"")) {
            if (!text.strip().matches("-?\\d{1,18}(\\.\\d{1,12})?")) {
                return null;
            }
            BigDecimal number = new BigDecimal(text.strip());
            boolean whole = number.stripTrailingZeros().scale() <= 0;
            result = whole ? json.numberNode(number.longValue()) : json.numberNode(number);
        } else if (types.contains("\"boolean\"")) {
            if (!text.matches("(?i)true|false")) {
                return null;
            }
            result = json.booleanNode(text.equalsIgnoreCase("true"));
        } else {
            result = raw;
        }
        return new SchemaCheck(new SchemaScope(schema)).fits(result, schema) ? result : null;
    }

    /** Whether words around the value, or the key that it has, name the field. */
    static double context(Value value, Field field) {
        Set<String> name = field.nameMeanings();
        Set<String> description = field.descriptionMeanings();
        double score = 0;
        if (!value.key().isEmpty() && value.origin() != Value.Origin.ARGUMENT) {
            Set<String> key = Words.meaningSet(value.key());
            boolean same = value.key().equalsIgnoreCase(field.name()) || name.equals(key);
            boolean alike = key.stream().anyMatch(each -> name.contains(each) || description.contains(each));
            double strength = value.origin() == Value.Origin.TASK ? 10 : 3;
            score += same ? strength : alike ? strength / 2 : value.origin() == Value.Origin.TASK ? -3 : -0.5;
        }
        if (value.origin() == Value.Origin.TASK) {
            double words = 0;
            double near = 1.3;
            for (String word : value.about()) {
                double weight = Synonyms.isAction(word) ? 0.3 : 1;
                words += near
                        * (name.contains(word) ? Math.max(1, 2 * weight) : description.contains(word) ? weight : 0);
                near = Math.max(0.4, near - 0.3);
            }
            score += Math.min(4, words);
        }
        return score;
    }

    private static double cue(Value value, Field field) {
        boolean to = Set.of("to", "into", "onto", "as").contains(value.cue());
        boolean from = Set.of("from", "of").contains(value.cue());
        int direction = field.direction();
        if (Set.of("in", "into", "inside").contains(value.cue())
                && field.roles().containsKey(Field.Role.DIRECTORY)) {
            return 1.5;
        }
        if (Set.of("named", "called", "titled").contains(value.cue())) {
            return field.roles().containsKey(Field.Role.NAME) ? 2 : 0;
        }
        if (Set.of("under", "as").contains(value.cue()) && field.roles().containsKey(Field.Role.ID)) {
            return 2.5;
        }
        if (!to && !from && !value.cue().isEmpty() && field.says(value.cue())) {
            return 1.5;
        }
        return direction == 0 || value.origin() != Value.Origin.TASK
                ? 0
                : to ? 2.5 * direction : from ? -2.5 * direction : -0.5 * direction;
    }

    static double looks(Value value, Field field) {
        if (field.isNumeric()) {
            return value.kind() == Kind.NUMBER ? 2 : 1;
        }
        if (field.isEnum() || field.type().equals("boolean")) {
            return 3;
        }
        double sum = 0;
        double weights = 0;
        for (Map.Entry<Field.Role, Double> role : field.roles().entrySet()) {
            sum += role.getValue() * looks(value, role.getKey());
            weights += role.getValue();
        }
        return sum / weights;
    }

    private static double looks(Value value, Field.Role role) {
        Kind kind = value.kind();
        if (kind == Kind.QUOTED
                && (role == Field.Role.PATH
                        || role == Field.Role.URL
                        || role == Field.Role.EMAIL
                        || role == Field.Role.DATE
                        || role == Field.Role.DIRECTORY)) {
            Kind shape = Lexer.shape(value.text());
            if (shape == Kind.PATH || shape == Kind.URL || shape == Kind.EMAIL || shape == Kind.DATE) {
                kind = shape;
            }
        }
        boolean hasEnding = value.text().matches(".*\\.[A-Za-z][A-Za-z0-9]{0,5}");
        return switch (role) {
            case PATH -> at(kind, -2, Kind.PATH, 4, Kind.QUOTED, 1, Kind.IDENT, 1, Kind.WORD, -0.8);
            case DIRECTORY ->
                kind == Kind.PATH ? hasEnding ? 0.5 : 4 : at(kind, -2, Kind.QUOTED, 2, Kind.IDENT, 1.5, Kind.WORD, 0.8);
            case URL -> at(kind, -3, Kind.URL, 6, Kind.PATH, -1);
            case EMAIL -> at(kind, -3, Kind.EMAIL, 6);
            case DATE -> at(kind, -2, Kind.DATE, 5, Kind.QUOTED, 0);
            case TIME -> at(kind, -2, Kind.TIME, 6, Kind.DATE, 0, Kind.QUOTED, 0);
            case CONTENT ->
                at(
                        kind,
                        -3,
                        Kind.QUOTED,
                        3,
                        Kind.PHRASE,
                        1.5,
                        Kind.NUMBER,
                        0.6,
                        Kind.IDENT,
                        0.5,
                        Kind.WORD,
                        0.3,
                        Kind.WHOLE,
                        2);
            case QUERY -> at(kind, -1, Kind.QUOTED, 3, Kind.PHRASE, 2.5, Kind.IDENT, 1.5, Kind.WORD, 1);
            case ID -> at(kind, -1, Kind.IDENT, 3, Kind.NUMBER, 2.5, Kind.QUOTED, 2, Kind.WORD, 0.5);
            case NAME ->
                at(
                        kind,
                        -1,
                        Kind.QUOTED,
                        2.5,
                        Kind.PHRASE,
                        1.5,
                        Kind.IDENT,
                        1.2,
                        Kind.PATH,
                        0.8,
                        Kind.WORD,
                        Character.isUpperCase(
                                        value.text().isEmpty()
                                                ? 'a'
                                                : value.text().charAt(0))
                                ? 2.3
                                : 1);
            case FREE ->
                at(
                        kind,
                        0,
                        Kind.QUOTED,
                        2,
                        Kind.PHRASE,
                        1,
                        Kind.IDENT,
                        1,
                        Kind.WORD,
                        0.7,
                        Kind.PATH,
                        0.5,
                        Kind.NUMBER,
                        0.8);
        };
    }

    private static double at(Kind kind, double otherwise, Object... table) {
        for (int i = 0; i < table.length; i += 2) {
            if (table[i] == kind) {
                return ((Number) table[i + 1]).doubleValue();
            }
        }
        return otherwise;
    }
}
