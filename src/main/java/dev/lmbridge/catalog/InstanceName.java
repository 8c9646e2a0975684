package dev.lmbridge.catalog;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The identifiers that the bridge gives to instances it loads: {@code <modelKey>~<n>}.
 *
 * <p>No catalogue key looks like that. So a request that arrives after its instance expired is refused by LM Studio
 * (<i>Invalid model identifier</i>) where a bare key would make it load the model again with default settings.
 */
public final class InstanceName {
    private static final Pattern FORM = Pattern.compile("(.+)~(\\d{1,9})", Pattern.DOTALL);

    private InstanceName() {}

    public static String of(ModelKey key, int number) {
        return key.value() + "~" + number;
    }

    /** The number in an identifier that the bridge gave to an instance of {@code key}; empty for any other. */
    public static Optional<Integer> number(String identifier, ModelKey key) {
        Matcher form = FORM.matcher(identifier);
        return form.matches() && form.group(1).equals(key.value())
                ? Optional.of(Integer.valueOf(form.group(2)))
                : Optional.empty();
    }

    /** The key in an identifier of this form. Serves where a host lists identifiers alone (LM Studio's REST v0). */
    public static Optional<String> key(String identifier) {
        Matcher form = FORM.matcher(identifier);
        return form.matches() ? Optional.of(form.group(1)) : Optional.empty();
    }
}
