package dev.lmbridge.lms;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Turns what was meant for a terminal into plain text. */
final class TerminalText {
    /** CSI sequences, OSC sequences up to BEL or ST, and the short escapes. */
    private static final Pattern ESCAPES = Pattern.compile(
            "\\x1b(?:\\[[0-?]*[ -/]*[@-~]" + "|\\][^\\x07\\x1b]{0,4096}(?:\\x07|\\x1b\\\\)" + "|[ -/]*[0-Z\\\\^-~])");

    private static final Pattern CONTROLS = Pattern.compile("[\\p{Cntrl}&&[^\\n\\t]]");

    /** {@code lms} paints {@code Loading <key> NN% <glyph>}; before 2026-05-28 without the percentage. */
    private static final Pattern FRAME =
            Pattern.compile("Loading .*(?: \\d{1,3}%(?: [\\u2800-\\u28ff]?)?| [\\u2800-\\u28ff])\\h*");

    private TerminalText() {}

    /** Without escapes and control characters; of a line that was painted over, what one would see last. */
    static String plain(String raw) {
        return withoutEscapes(raw)
                .replace("\r\n", "\n")
                .lines()
                .map(TerminalText::lastPaint)
                .collect(Collectors.joining("\n"));
    }

    static String withoutEscapes(String raw) {
        return ESCAPES.matcher(raw).replaceAll("");
    }

    static boolean isSpinnerFrame(String segment) {
        return FRAME.matcher(segment).matches();
    }

    private static String lastPaint(String line) {
        var seen = "";
        for (var paint : line.split("\r", -1)) {
            if (!paint.isBlank() && !isSpinnerFrame(paint)) {
                seen = paint;
            }
        }
        return CONTROLS.matcher(seen).replaceAll("").stripTrailing();
    }

    /** Plain, every run of white space one space, cut with an ellipsis at that many characters. */
    static String oneLine(String raw, int limit) {
        return cut(plain(raw).replaceAll("\\s+", " ").strip(), limit);
    }

    static String cut(String text, int limit) {
        if (text.length() <= limit) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(limit - 2)) ? limit - 2 : limit - 1;
        return text.substring(0, end) + "…";
    }
}
