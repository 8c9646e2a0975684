package dev.lmbridge.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the service listens. */
final class ListenOptions {
    @Option(names = "--port", paramLabel = "PORT", description = "Sets http.port; 0 takes any free one.")
    @Nullable
    String port;

    @Option(names = "--host", paramLabel = "ADDRESS", description = "Sets http.host.")
    @Nullable
    String host;

    Map<String, String> flags() {
        Map<String, String> flags = new LinkedHashMap<>();
        if (port != null) {
            flags.put("http.port", port);
        }
        if (host != null) {
            flags.put("http.host", host);
        }
        return flags;
    }
}
