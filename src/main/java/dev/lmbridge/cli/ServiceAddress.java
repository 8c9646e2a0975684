package dev.lmbridge.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lmbridge.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Finds the running service. */
final class ServiceAddress {
    /** Written by the service into its data folder: {@code {"url":…,"pid":…}}. */
    static final String PORT_FILE = "lm-bridge.port";

    private static final int LARGEST_PORT_FILE = 4_096;
    private static final ObjectMapper JSON = new ObjectMapper();

    private ServiceAddress() {}

    /** What the user said; else what a living service wrote down; else where the configuration puts it. */
    static URI find(@Nullable String said, Settings settings) throws CommandFailure {
        if (said != null) {
            URI url = web(said);
            if (url == null) {
                throw new CommandFailure(ExitCode.USAGE, "--url takes an address such as http://127.0.0.1:1235.");
            }
            return url;
        }
        URI written = written(settings.dataDir().resolve(PORT_FILE));
        if (written != null) {
            return written;
        }
        if (settings.http().port() == 0) {
            throw new CommandFailure(ExitCode.NOT_RUNNING, "LM Bridge is not running. Start it with: lm-bridge serve");
        }
        return settings.http().localUrl(settings.http().port());
    }

    /** Nothing if there is no such file, if it is damaged, or if the process that wrote it is gone. */
    private static @Nullable URI written(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            JsonNode content = JSON.readTree(in.readNBytes(LARGEST_PORT_FILE));
            long pid = content.path("pid").asLong(-1);
            boolean alive =
                    pid > 0 && ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
            return alive ? web(content.path("url").asText("")) : null;
        } catch (JsonProcessingException damaged) {
            return null;
        } catch (IOException absent) {
            return null;
        }
    }

    private static @Nullable URI web(String text) {
        try {
            URI url = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
            boolean web = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
            return web && url.getHost() != null && url.getRawQuery() == null && url.getRawFragment() == null
                    ? url
                    : null;
        } catch (URISyntaxException malformed) {
            return null;
        }
    }
}
