package dev.lmbridge.sim.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * The list that {@code lms} draws on stderr for a person to choose from, byte for byte as without a terminal: first while it looks for
 * the rows, then with them, and once more at the end of standard input, where it gives up with exit code 1. As long as standard input
 * is open, it waits. It knows a terminal of 80 columns, and draws all rows, where the real one turns pages.
 */
final class Picker {
    private static final int COLUMNS = 80;
    private static final String ACTIVE = "\u001b[36m";
    private static final String MATCH = "\u001b[91m";
    private static final String PLAIN = "\u001b[39m";
    private static final String HELP = "↑↓ navigate • ⏎ select";

    private final String question;
    private final List<String> rows;

    private Picker(String question, List<String> rows) {
        this.question = "? " + question + " |";
        this.rows = rows;
    }

    /** Asks, and ends the session when nobody can answer. */
    static void ask(String question, List<String> rows, CliSession session) {
        Picker picker = new Picker(question, rows);
        String looking = picker.drawn(List.of(""));
        String found = picker.drawn(picker.list());
        session.draw(looking + erasing(looking) + found);
        session.readStdin(() -> {
            session.draw(erasing(found) + found + "\n\u001b[G\u001b[?25h");
            session.exit(1);
        });
    }

    /** The letters of the key that were asked for, in their order, stand out. */
    static String highlighted(String key, String wanted) {
        StringBuilder text = new StringBuilder();
        int found = 0;
        for (int i = 0; i < key.length(); i++) {
            char letter = key.charAt(i);
            boolean hit = found < wanted.length()
                    && Character.toLowerCase(letter) == Character.toLowerCase(wanted.charAt(found));
            text.append(hit ? MATCH + letter + PLAIN : String.valueOf(letter));
            found += hit ? 1 : 0;
        }
        return text.toString();
    }

    private List<String> list() {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            boolean active = i == 0;
            for (String line : folded((active ? "❯ " : "  ") + rows.get(i))) {
                lines.add(active ? ACTIVE + line.replace(PLAIN, PLAIN + ACTIVE) + PLAIN : line);
            }
        }
        lines.add("");
        return lines;
    }

    /** Cut where the terminal is full; what stands out takes no room. */
    private static List<String> folded(String row) {
        List<String> lines = new ArrayList<>();
        StringBuilder line = new StringBuilder();
        int width = 0;
        for (int i = 0; i < row.length(); i++) {
            if (row.charAt(i) == '\u001b') {
                int end = row.indexOf('m', i);
                line.append(row, i, end + 1);
                i = end;
                continue;
            }
            if (width == COLUMNS) {
                lines.add(line.toString());
                line.setLength(0);
                width = 0;
            }
            line.append(row.charAt(i));
            width++;
        }
        lines.add(line.toString());
        return lines;
    }

    /** The question, the lines, the help; the cursor goes to the end of the question and back. */
    private String drawn(List<String> lines) {
        int down = lines.size() + 1;
        return question + "\n" + String.join("\n", lines) + "\n" + HELP + "\u001b[" + down + "A\u001b["
                + (question.length() + 1) + "G\u001b[" + down + "B";
    }

    private static String erasing(String drawn) {
        long above = drawn.chars().filter(letter -> letter == '\n').count();
        return "\u001b[2K" + "\u001b[1A\u001b[2K".repeat((int) above) + "\u001b[G";
    }
}
