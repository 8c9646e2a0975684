package dev.lmbridge.settings;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with the configuration.
 *
 * @param key path of the setting, such as {@code loader.loadTimeout}
 * @param origin where it was said: {@code conf.yaml:12}, {@code LM_BRIDGE_…} or {@code command line}
 * @param value what was said, shortened; absent where there is nothing to show or where it may be a secret
 * @param message what is wrong and what was expected, a full sentence
 */
public record Problem(String key, String origin, @Nullable String value, String message) {
    private static final int SHOWN = 80;

    public Problem {
        value = value == null ? null : presentable(value);
    }

    private static String presentable(String value) {
        String line = value.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…";
    }

    @Override
    public String toString() {
        String subject = value == null ? key : key + " = \"" + value + "\"";
        return subject + " (" + origin + "): " + message;
    }
}
