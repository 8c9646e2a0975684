package dev.lmbridge.sim.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request to {@code /api/v1}, read field by field. One that is missing or of the wrong type ends the request with LM
 * Studio's typed error; fields that nobody reads are ignored. Only {@code missing_required_parameter} is documented, the other code and
 * the texts are this simulation's.
 */
final class RestV1Body {
    private final ObjectNode body;

    private RestV1Body(ObjectNode body) {
        this.body = body;
    }

    static void of(HttpServerRequest request, Consumer<RestV1Body> reader) {
        Bodies.object(request, body -> {
            try {
                reader.accept(new RestV1Body(body));
            } catch (BadParameterException e) {
                Replies.restError(request.response(), 400, "invalid_request", e.code(), e.text(), e.parameter());
            }
        });
    }

    /** The field as it is; a missing node when it is not there. */
    JsonNode field(String name) {
        return body.path(name);
    }

    /** A field that must be there. */
    JsonNode required(String name) {
        if (!body.has(name)) {
            throw new BadParameterException("missing_required_parameter", name, "\"" + name + "\" is required");
        }
        return body.path(name);
    }

    String requiredText(String name) {
        JsonNode value = required(name);
        if (!value.isTextual() || value.textValue().isEmpty()) {
            throw wrong(name, "a string that is not empty");
        }
        return value.textValue();
    }

    @Nullable
    String text(String name) {
        JsonNode value = body.path(name);
        if (value.isMissingNode()) {
            return null;
        }
        if (!value.isTextual()) {
            throw wrong(name, "a string");
        }
        return value.textValue();
    }

    /** A whole number from 1. */
    @Nullable
    Integer positive(String name) {
        JsonNode value = body.path(name);
        if (value.isMissingNode()) {
            return null;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1) {
            throw wrong(name, "a whole number from 1");
        }
        return value.intValue();
    }

    @Nullable
    Boolean flag(String name) {
        JsonNode value = body.path(name);
        if (value.isMissingNode()) {
            return null;
        }
        if (!value.isBoolean()) {
            throw wrong(name, "true or false");
        }
        return value.booleanValue();
    }

    boolean flag(String name, boolean usual) {
        Boolean given = flag(name);
        return given == null ? usual : given;
    }

    /** Checks a number that the simulation has no use for. */
    void checkNumber(String name, double least, double most) {
        JsonNode value = body.path(name);
        if (!value.isMissingNode()
                && (!value.isNumber() || value.doubleValue() < least || value.doubleValue() > most)) {
            throw wrong(
                    name,
                    most == Double.MAX_VALUE ? "a number from " + least : "a number from " + least + " to " + most);
        }
    }

    /** The error for a field that is there and cannot be used. */
    static BadParameterException wrong(String name, String expected) {
        return new BadParameterException("invalid_type", name, "\"" + name + "\" must be " + expected);
    }
}
