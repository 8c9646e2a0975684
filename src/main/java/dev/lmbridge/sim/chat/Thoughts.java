package dev.lmbridge.sim.chat;

import dev.lmbridge.sim.chat.tools.Planner.PlannedCall;
import java.util.List;

/** What a reasoning model thinks before it answers: short, and about the question. */
final class Thoughts {
    private static final int MOST = 80;

    private Thoughts() {}

    static String about(ChatRequest request, List<PlannedCall> calls) {
        String text = request.lastUserText().strip().replaceAll("\\s+", " ");
        String quoted = text.codePointCount(0, text.length()) <= MOST
                ? text
                : text.substring(0, text.offsetByCodePoints(0, MOST)) + "…";
        StringBuilder thought = new StringBuilder("The user wrote: \"" + quoted + "\". ");
        if (!request.messages().isEmpty() && request.messages().getLast().role().equals("tool")) {
            thought.append("I have a result of a tool. ");
        }
        if (!calls.isEmpty()) {
            thought.append("The next step needs ")
                    .append(calls.getFirst().tool())
                    .append(calls.size() > 1 ? ", " + calls.size() + " calls at once." : ".");
        } else if (request.schema() != null) {
            thought.append("The answer must be JSON, so I fill the schema from these words.");
        } else if (request.tools().isEmpty()) {
            thought.append("I am simulated, so I look for the first rule that fits.");
        } else {
            thought.append("No tool is needed now, so I answer in words.");
        }
        return thought.toString();
    }
}
