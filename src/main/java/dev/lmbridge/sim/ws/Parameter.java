package dev.lmbridge.sim.ws;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** Typed reading of what a client passes to an endpoint. A wrong type is refused with the name of the field. */
record Parameter(String endpoint, JsonNode json) {

    String text(String field) throws RefusedException {
        String value = textOrNull(field);
        if (value == null) {
            throw wrong(field, "is missing");
        }
        return value;
    }

    @Nullable
    String textOrNull(String field) throws RefusedException {
        JsonNode value = json.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            throw wrong(field, "must be a string");
        }
        return value.textValue();
    }

    /** A whole number from 1 on, or null if the field is missing. */
    @Nullable
    Long positiveOrNull(String field) throws RefusedException {
        JsonNode value = json.path(field);
        if (value.isMissingNode()) {
            return null;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.longValue() < 1) {
            throw wrong(field, "must be a whole number from 1 on");
        }
        return value.longValue();
    }

    boolean flag(String field) {
        return json.path(field).asBoolean(false);
    }

    JsonNode part(String field) {
        return json.path(field);
    }

    RefusedException wrong(String field, String problem) {
        return new RefusedException(
                WireError.of("Invalid parameter for endpoint " + endpoint + ": \"" + field + "\" " + problem + "."));
    }
}
