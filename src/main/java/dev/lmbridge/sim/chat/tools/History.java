package dev.lmbridge.sim.chat.tools;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.chat.ChatRequest.Message;
import dev.lmbridge.sim.chat.ChatRequest.ToolCall;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The calls that were made for the last question, with what they gave. */
final class History {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private final String task;
    private final List<Call> calls = new ArrayList<>();

    History(List<Message> messages) {
        int start = messages.size() - 1;
        while (start > 0 && !(messages.get(start).role().equals("user") && saysMore(messages.get(start), start))) {
            start--;
        }
        task = messages.isEmpty() || !messages.get(start).role().equals("user")
                ? ""
                : messages.get(start).text();
        List<Message> after = messages.isEmpty() ? messages : messages.subList(start, messages.size());
        for (Message message : after) {
            for (ToolCall call : message.calls()) {
                calls.add(new Call(call, arguments(call.arguments())));
            }
            if (message.role().equals("tool")) {
                answer(message);
            }
        }
    }

    /** A call that was made. */
    static final class Call {
        private final ToolCall call;
        private final ObjectNode arguments;
        private @Nullable Outcome outcome;
        private boolean taken;

        private Call(ToolCall call, ObjectNode arguments) {
            this.call = call;
            this.arguments = arguments;
        }

        String tool() {
            return call.tool();
        }

        ObjectNode arguments() {
            return arguments;
        }

        /** What it gave; nothing if the conversation does not say. */
        Outcome outcome() {
            return outcome == null ? Outcome.of("") : outcome;
        }
    }

    String task() {
        return task;
    }

    List<Call> calls() {
        return calls;
    }

    boolean has(String tool, ObjectNode arguments) {
        return calls.stream()
                .anyMatch(call -> call.tool().equals(tool) && call.arguments().equals(arguments));
    }

    /** The call that was made for this step: the one with these arguments, else the first of the tool that no step has claimed. */
    @Nullable
    Call take(String tool, ObjectNode arguments) {
        Call found = null;
        for (Call call : calls) {
            if (!call.taken && call.tool().equals(tool)) {
                if (call.arguments().equals(arguments)) {
                    call.taken = true;
                    return call;
                }
                found = found == null ? call : found;
            }
        }
        if (found != null) {
            found.taken = true;
        }
        return found;
    }

    /** "Go on" is no task of its own. */
    private static boolean saysMore(Message message, int at) {
        return at == 0
                || !message.text()
                        .strip()
                        .matches("(?i)(please )?(go on|continue|proceed|and\\?*|go ahead)( please)?\\W*");
    }

    private void answer(Message message) {
        for (Call call : calls) {
            boolean mine = message.callId() == null || message.callId().equals(call.call.id());
            if (mine && call.outcome == null) {
                call.outcome = Outcome.of(message.text());
                return;
            }
        }
    }

    private static ObjectNode arguments(String text) {
        try {
            JsonNode json = MAPPER.readTree(text);
            return json instanceof ObjectNode object ? object : JsonNodeFactory.instance.objectNode();
        } catch (JsonProcessingException e) {
            return JsonNodeFactory.instance.objectNode();
        }
    }
}
