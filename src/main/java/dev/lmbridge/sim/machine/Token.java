package dev.lmbridge.sim.machine;

/** A piece of an answer, and where it goes. */
public record Token(Channel channel, String text) {
    /** The part of an answer that a token belongs to. */
    public enum Channel {
        CONTENT,
        REASONING
    }

    public static Token content(String text) {
        return new Token(Channel.CONTENT, text);
    }
}
