package dev.lmbridge.sim.chat.tools;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/**
 * Something that may become an argument.
 *
 * @param key name that it carries: of {@code key=value}, or of a field of a result; may be empty
 * @param about meanings of the words that stand before it, or of the tool that gave it
 * @param cue the last preposition before it, or empty
 * @param origin where it comes from
 * @param group values of one list share a number; 0 for none
 * @param order place in the task, or in the history of results
 * @param bonus what speaks for it whatever the field is
 */
record Value(
        Kind kind,
        JsonNode json,
        String key,
        Set<String> about,
        String cue,
        Origin origin,
        int group,
        int order,
        double bonus) {

    enum Origin {
        TASK,
        RESULT,
        /** An argument of an earlier call. */
        ARGUMENT
    }

    String text() {
        return json.isValueNode() ? json.asText() : json.toString();
    }
}
