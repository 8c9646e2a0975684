package dev.lmbridge.settings;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Which environment variables speak to us, and under which names. */
final class VariableNames {
    static final String PREFIX = "LM_BRIDGE_";

    /** Read elsewhere: by the launcher, by the tests, or for keys. */
    private static final Set<String> NOT_SETTINGS = Set.of(
            "LM_BRIDGE_CONFIG",
            "LM_BRIDGE_ADMIN_KEY",
            "LM_BRIDGE_JAVA_HOME",
            "LM_BRIDGE_JAVA_OPTS",
            "LM_BRIDGE_AOT",
            "LM_BRIDGE_REAL_LMS");

    /**
     * What Kubernetes puts into every container for a service named {@code lm-bridge} or {@code lm-bridge-…}
     * (Kubernetes documentation, "Discovering services", environment variables).
     */
    private static final Pattern SERVICE_LINK = Pattern.compile(
            "LM_BRIDGE_(\\w+_)?(SERVICE_HOST|SERVICE_PORT(_\\w+)?|PORT_\\d+_(TCP|UDP|SCTP)(_(ADDR|PORT|PROTO))?)");

    private static final Pattern SERVICE_ADDRESS = Pattern.compile("(tcp|udp|sctp)://.*");

    private VariableNames() {}

    /** {@code loader.loadTimeout} → {@code LM_BRIDGE_LOADER_LOAD_TIMEOUT}. */
    static String of(String path) {
        return PREFIX
                + path.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                        .replace('.', '_')
                        .toUpperCase(Locale.ROOT);
    }

    static boolean isForeign(String name, String value) {
        return NOT_SETTINGS.contains(name)
                || SERVICE_LINK.matcher(name).matches()
                || (name.endsWith("_PORT") && SERVICE_ADDRESS.matcher(value).matches());
    }
}
