package dev.lmbridge.sim.chat;

import java.util.ArrayList;
import java.util.List;

/** Cuts text into pieces as a tokenizer would, roughly: a word, or six characters of a long one, with the space before it. */
public final class Tokens {
    private static final int LONGEST = 6;

    private Tokens() {}

    /** The pieces; put together they are the text. */
    public static List<String> split(String text) {
        List<String> pieces = new ArrayList<>();
        StringBuilder piece = new StringBuilder();
        int letters = 0;
        for (int i = 0; i < text.length(); ) {
            int point = text.codePointAt(i);
            boolean space = Character.isWhitespace(point);
            if (letters == LONGEST || (space && letters > 0)) {
                pieces.add(piece.toString());
                piece.setLength(0);
                letters = 0;
            }
            piece.appendCodePoint(point);
            letters += space ? 0 : 1;
            i += Character.charCount(point);
        }
        if (!piece.isEmpty()) {
            pieces.add(piece.toString());
        }
        return pieces;
    }

    public static int count(String text) {
        return split(text).size();
    }
}
