package dev.lmbridge.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The forms in which LM Studio answers: where they name the model, what says something, how their streams end. */
enum AnswerForm {
    /** OpenAI's chunks: data alone, and {@code [DONE]} at the end. */
    CHUNKS(List.of(), List.of(), List.of()) {
        @Override
        JsonNode about(JsonNode event) {
            return event;
        }

        @Override
        boolean says(JsonNode event) {
            if (!event.path("choices").isArray()) {
                return true;
            }
            for (JsonNode choice : event.path("choices")) {
                if (isText(choice, "text")
                        || saysSomething(choice.path("delta"))
                        || saysSomething(choice.path("message"))) {
                    return true;
                }
            }
            return false;
        }

        private boolean saysSomething(JsonNode message) {
            return isText(message, "content")
                    || isText(message, "reasoning_content")
                    || isText(message, "reasoning")
                    || isText(message, "refusal")
                    || !message.path("tool_calls").isEmpty()
                    || !message.path("content").isEmpty()
                    || message.path("function_call").isObject();
        }
    },
    /** Anthropic's events. */
    MESSAGE(List.of("message_stop"), List.of("error"), List.of()) {
        @Override
        JsonNode about(JsonNode event) {
            return event.path("type").asText("").equals("message_start") ? event.path("message") : event;
        }

        @Override
        boolean says(JsonNode event) {
            String type = event.path("type").asText("");
            return type.isEmpty()
                    || type.equals("content_block_delta")
                    || event.at("/content_block/type").asText("").equals("tool_use")
                    || !event.path("content").isEmpty();
        }
    },
    /** The events of OpenAI's responses. */
    RESPONSE(
            List.of("response.completed", "response.incomplete"),
            List.of("error", "response.failed"),
            List.of("response.created", "response.in_progress", "response.queued")) {
        @Override
        JsonNode about(JsonNode event) {
            return event.path("response").isObject() ? event.path("response") : event;
        }

        @Override
        boolean says(JsonNode event) {
            return isBetween(event) || hasOutput(event);
        }
    },
    /** The events of LM Studio's own chat. */
    CHAT(
            List.of("chat.end"),
            List.of("error"),
            List.of(
                    "chat.start",
                    "model_load.start",
                    "model_load.progress",
                    "model_load.end",
                    "prompt_processing.start",
                    "prompt_processing.progress",
                    "prompt_processing.end")) {
        @Override
        JsonNode about(JsonNode event) {
            return event.path("result").isObject() ? event.path("result") : event;
        }

        @Override
        boolean says(JsonNode event) {
            return isBetween(event) || hasOutput(event);
        }
    };

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> last;

    @SuppressWarnings("ImmutableEnumChecker")
    private final List<String> failing;

    @SuppressWarnings("ImmutableEnumChecker")
    private final List<String> opening;

    @SuppressWarnings("ImmutableEnumChecker") // nobody writes to them
    private final byte[][] endings;

    @SuppressWarnings("ImmutableEnumChecker")
    private final byte[][] failures;

    AnswerForm(List<String> last, List<String> failing, List<String> opening) {
        this.last = last;
        this.failing = failing;
        this.opening = opening;
        endings = last.isEmpty() ? lines(List.of(), "data:[DONE]") : lines(last, null);
        failures = lines(failing.isEmpty() ? List.of("error") : failing, "data:{\"error\":");
    }

    /** The beginnings of lines, without spaces, that say one of {@code types}; the first of them are names of events. */
    private static byte[][] lines(List<String> types, @Nullable String more) {
        List<String> all = new ArrayList<>();
        types.forEach(type -> all.add("event:" + type));
        types.forEach(type -> all.add("data:{\"type\":\"" + type + "\""));
        if (more != null) {
            all.add(more);
        }
        return all.stream()
                .map(line -> line.getBytes(StandardCharsets.US_ASCII))
                .toArray(byte[][]::new);
    }

    /** The part of an event, or of a whole answer, that names its model and has its id. */
    abstract JsonNode about(JsonNode event);

    /**
     * Whether an event, or a whole answer, has anything of the model's own: text, thoughts, calls. What is of a shape that is
     * not known counts as something.
     */
    abstract boolean says(JsonNode event);

    /** The model that an event names; null if it names none. */
    @Nullable
    String model(JsonNode event) {
        JsonNode about = about(event);
        String model = about.path("model").textValue();
        return model == null ? about.path("model_instance_id").textValue() : model;
    }

    /** Whether the event is the one with which a good answer ends. */
    boolean isLast(JsonNode event) {
        return last.contains(event.path("type").asText(""));
    }

    /** Whether the event's type alone says that the host has failed. */
    boolean isFailure(JsonNode event) {
        return failing.contains(event.path("type").asText(""));
    }

    /** How lines begin that end a good answer, spaces left out; one that is the name of an event is meant whole. */
    byte[][] endings() {
        return endings;
    }

    /** The same for lines that tell a failure of the host. */
    byte[][] failures() {
        return failures;
    }

    /** Whether the event stands between those that only open an answer and those that end it. */
    boolean isBetween(JsonNode event) {
        String type = event.path("type").asText("");
        return !type.isEmpty() && !opening.contains(type) && !last.contains(type) && !failing.contains(type);
    }

    private static boolean hasOutput(JsonNode answer) {
        JsonNode output = answer.path("output");
        return output.isArray() ? !output.isEmpty() : !answer.has("type");
    }

    private static boolean isText(JsonNode message, String field) {
        return !message.path(field).asText("").isEmpty();
    }
}
