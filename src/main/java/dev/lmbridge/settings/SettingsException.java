package dev.lmbridge.settings;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration cannot be used; carries all that is wrong with it, not only the first thing. */
public final class SettingsException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    public SettingsException(List<Problem> problems) {
        super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")), null, false, false);
        this.problems = List.copyOf(problems);
    }

    public List<Problem> problems() {
        return problems;
    }
}
