package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whether the fields of a request have the types that the API gives them. LM Studio's own words for one that has not are not known. */
final class Checks {
    private Checks() {}

    /** A type of JSON, as a message names it. */
    enum Kind {
        TEXT("a string"),
        NUMBER("a number"),
        INTEGER("an integer"),
        FLAG("a boolean"),
        LIST("an array"),
        OBJECT("an object");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        boolean fits(JsonNode value) {
            return switch (this) {
                case TEXT -> value.isTextual();
                case NUMBER -> value.isNumber();
                case INTEGER -> value.isNumber() && value.doubleValue() == Math.rint(value.doubleValue());
                case FLAG -> value.isBoolean();
                case LIST -> value.isArray();
                case OBJECT -> value.isObject();
            };
        }

        /** A field of this kind that a request can have. */
        Field named(String name) {
            return new Field(name, this);
        }
    }

    record Field(String name, Kind kind) {}

    /** The first field that is there, is not null and has another type, as a sentence; null if there is none. */
    static @Nullable String wrongType(ObjectNode body, List<Field> fields) {
        for (Field field : fields) {
            JsonNode value = body.get(field.name());
            if (value != null && !value.isNull() && !field.kind().fits(value)) {
                return "'" + field.name() + "' must be " + field.kind().words;
            }
        }
        return null;
    }

    /** The first of these that is not null. */
    static @Nullable String first(@Nullable String... problems) {
        for (String problem : problems) {
            if (problem != null) {
                return problem;
            }
        }
        return null;
    }
}
