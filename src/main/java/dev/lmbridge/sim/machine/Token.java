package dev.lmbridge.sim.machine;

/** A piece of an answer. A call of a tool is an opening with its name, then the text of its arguments in pieces. */
public sealed interface Token {
    /** The text that it adds; empty for the opening of a call. */
    String text();

    record Content(String text) implements Token {}

    /** What a reasoning model thinks before it answers. */
    record Reasoning(String text) implements Token {}

    /**
     * The model begins to call a tool.
     *
     * @param index number of the call within the answer, from 0
     * @param id name of the call, unique within the conversation
     */
    record CallOpening(int index, String id, String tool) implements Token {
        @Override
        public String text() {
            return "";
        }
    }

    /** A piece of the JSON text of a call's arguments. */
    record CallArguments(int index, String text) implements Token {}
}
