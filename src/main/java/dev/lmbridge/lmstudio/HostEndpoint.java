package dev.lmbridge.lmstudio;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a host's HTTP server is.
 *
 * @param token the host's own API token, null if it wants none; it is sent to this host only and never shown
 */
public record HostEndpoint(
        String host, int port, boolean tls, @Nullable String token) {
    /** The {@code Authorization} header for this host. */
    public Optional<String> authorization() {
        return token == null ? Optional.empty() : Optional.of("Bearer " + token);
    }

    @Override
    public String toString() {
        return (tls ? "https://" : "http://") + host + ":" + port;
    }
}
