package dev.lmbridge.sim.chat.tools;

import dev.lmbridge.sim.chat.ChatRequest;
import dev.lmbridge.sim.chat.ChatRequest.Message;
import java.util.List;
import java.util.Optional;

/** Says in words what the calls for the last question gave. */
public final class Summary {
    private static final int MOST = 4_000;
    private static final int MOST_EACH = 600;

    private Summary() {}

    /** Nothing if no tool was called for the last question. */
    public static Optional<String> of(ChatRequest request) {
        List<Message> messages = request.messages();
        List<History.Call> calls = new History(messages).calls();
        if (calls.isEmpty()) {
            return Optional.empty();
        }
        History.Call last = calls.getLast();
        StringBuilder text = new StringBuilder(
                last.outcome().failed()
                        ? "I could not finish: " + last.tool() + " failed with: " + shown(last) + "\n"
                        : calls.size() == 1
                                ? "I called " + last.tool() + ". It gave: " + shown(last) + "\n"
                                : "All steps are done. The last result: " + shown(last) + "\n");
        Planner.figures(request)
                .forEach(figure -> text.append("I worked out: ").append(figure).append(".\n"));
        if (calls.size() > 1) {
            text.append("What the calls gave:\n");
            for (History.Call call : calls) {
                if (text.length() < MOST) {
                    text.append("- ")
                            .append(call.tool())
                            .append(' ')
                            .append(call.arguments())
                            .append(": ");
                    text.append(shown(call)).append('\n');
                }
            }
        }
        return Optional.of(text.toString().strip());
    }

    /** The task and all that its calls gave: what an answer in a given form is made from. */
    public static String material(List<Message> messages) {
        History history = new History(messages);
        StringBuilder text = new StringBuilder(history.task());
        for (History.Call call : history.calls()) {
            if (text.length() < MOST) {
                text.append('\n').append(shown(call));
            }
        }
        return text.toString();
    }

    private static String shown(History.Call call) {
        String text = call.outcome().text().strip();
        if (text.isEmpty()) {
            return "(nothing)";
        }
        return text.length() <= MOST_EACH
                ? text
                : text.substring(
                                0,
                                text.offsetByCodePoints(0, Math.min(MOST_EACH, text.codePointCount(0, text.length()))))
                        + "…";
    }
}
