package dev.lmbridge.sim.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The fields of a request's body. A field that is missing or null is answered as null; one that is wrong ends in {@link BadField}. */
final class Fields {
    private final ObjectNode body;

    /**
     * Refuses every field that is not among the allowed ones.
     *
     * @param what the subject of the sentence that refuses, such as {@code The settings}
     */
    Fields(ObjectNode body, String what, List<String> allowed) {
        this.body = body;
        for (Iterator<String> names = body.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!allowed.contains(name)) {
                throw new BadField(
                        what + " has no field \"" + name + "\"; there are " + String.join(", ", allowed) + ".");
            }
        }
    }

    boolean has(String name) {
        return body.has(name);
    }

    @Nullable
    String text(String name) {
        JsonNode value = value(name);
        if (value != null && !value.isTextual()) {
            throw new BadField("\"" + name + "\" must be a text, not " + value + ".");
        }
        return value == null ? null : value.textValue();
    }

    @Nullable
    Boolean flag(String name) {
        JsonNode value = value(name);
        if (value != null && !value.isBoolean()) {
            throw new BadField("\"" + name + "\" must be true or false, not " + value + ".");
        }
        return value == null ? null : (Boolean) value.booleanValue();
    }

    @Nullable
    Integer integer(String name, int least) {
        JsonNode value = value(name);
        if (value != null && (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < least)) {
            throw new BadField("\"" + name + "\" must be a whole number from " + least + " to " + Integer.MAX_VALUE
                    + ", not " + value + ".");
        }
        return value == null ? null : (Integer) value.intValue();
    }

    @Nullable
    Long bytes(String name) {
        JsonNode value = value(name);
        if (value != null && (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 0)) {
            throw new BadField("\"" + name + "\" must be a number of bytes, not " + value + ".");
        }
        return value == null ? null : (Long) value.longValue();
    }

    /** A number above zero. */
    @Nullable
    Double number(String name) {
        JsonNode value = value(name);
        if (value != null && !(value.isNumber() && value.doubleValue() > 0 && value.doubleValue() <= 1e6)) {
            throw new BadField("\"" + name + "\" must be a number above 0 and at most 1000000, not " + value + ".");
        }
        return value == null ? null : (Double) value.doubleValue();
    }

    private @Nullable JsonNode value(String name) {
        JsonNode value = body.get(name);
        return value == null || value.isNull() ? null : value;
    }
}
