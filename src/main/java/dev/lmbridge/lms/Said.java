package dev.lmbridge.lms;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The decisive words in the stderr of {@code lms}. It knows three layouts (lms 0.3.43): lines with {@code Error:}, a title with a body
 * and hints, and an error with a block of cause and suggestion.
 */
final class Said {
    static final int LIMIT = 2000;

    private static final Pattern NOISE =
            Pattern.compile("[WDI] .*|\\s+at .*|Waking up LM Studio service\\.\\.\\.|Node\\.js v\\S+");
    private static final Pattern HINT = Pattern.compile("To [^\\n]*:|\\s+lms [\\w -]+");
    private static final Pattern SUGGESTION = Pattern.compile("\\s*\\(!\\)\\s*SUGGESTION\\s*(.*)");
    private static final Pattern CAUSE = Pattern.compile("\\s*\\(X\\)\\s*CAUSE\\s*(.*)");

    private final List<String> title = new ArrayList<>();
    private final List<String> cause = new ArrayList<>();
    private final List<String> suggestion = new ArrayList<>();

    private Said() {}

    /** One line of at most 2,000 characters; empty if nothing was said. */
    static String of(String stderr) {
        var lines = TerminalText.plain(stderr)
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
        var decisive = lines.stream()
                .filter(line ->
                        !NOISE.matcher(line).matches() && !HINT.matcher(line).matches())
                .toList();
        // Better a warning than nothing: before a hang it is all there is.
        return new Said().read(decisive.isEmpty() ? lines : decisive);
    }

    private String read(List<String> lines) {
        var section = title;
        for (var line : lines) {
            var suggests = SUGGESTION.matcher(line);
            var causes = CAUSE.matcher(line);
            if (suggests.matches()) {
                section = suggestion;
                section.add(suggests.group(1));
            } else if (causes.matches()) {
                section = cause;
                section.add(causes.group(1));
            } else {
                section.add(line);
            }
        }
        var text = new StringBuilder(titleText());
        if (!joined(cause).isEmpty()) {
            text.append(" Cause: ").append(joined(cause));
        }
        if (!joined(suggestion).isEmpty()) {
            text.append(" Suggestion: ").append(joined(suggestion));
        }
        return TerminalText.oneLine(text.toString(), LIMIT);
    }

    private String titleText() {
        var lines = title.stream()
                .map(line -> line.strip().replaceFirst("^(?:Error|error): ", "").strip())
                .distinct()
                .toList();
        if (lines.size() > 1 && isTitle(title.getFirst())) {
            return lines.getFirst() + ": " + String.join(" ", lines.subList(1, lines.size()));
        }
        return String.join(" ", lines);
    }

    /** Titles such as "Model not found" have neither prefix nor full stop. */
    private static boolean isTitle(String line) {
        return line.matches("[A-Z][\\w' ]{2,60}");
    }

    private static String joined(List<String> lines) {
        return String.join(" ", lines).strip();
    }
}
