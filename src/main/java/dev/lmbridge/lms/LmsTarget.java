package dev.lmbridge.lms;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where one host's {@code lms} is and which machine it must talk to.
 *
 * @param executable the program; a path with a folder is taken as it is, a bare name is looked up in {@code PATH}
 * @param home becomes {@code HOME} of the child, because {@code lms} finds its key and settings there; null leaves ours
 * @param host name or IPv4 address without scheme and port; {@code lms} 0.3.43 takes any colon for a port and refuses it
 * @param port LM Studio's API port, 1 to 65535
 */
public record LmsTarget(Path executable, @Nullable Path home, String host, int port) {
    public LmsTarget {
        if (executable.toString().isBlank()) {
            throw new IllegalArgumentException("executable is empty: name the lms program.");
        }
        Arguments.requireName("host", host);
        if (host.chars().anyMatch(c -> c == ':' || c == '/' || Character.isWhitespace(c))) {
            throw new IllegalArgumentException(
                    "host must be a name or an IPv4 address without scheme, port or path, not \"" + host
                            + "\": lms refuses a colon there, so an IPv6 address needs a name.");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port must be between 1 and 65535, not " + port + ".");
        }
    }
}
