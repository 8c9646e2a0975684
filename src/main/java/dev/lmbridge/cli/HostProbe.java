package dev.lmbridge.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Looks at an LM Studio over HTTP, once, without a service. */
final class HostProbe {
    private static final Duration WITHIN = Duration.ofSeconds(5);
    private static final long LARGEST = 16L << 20;

    /** Less than this is the way of the answer, and whole seconds. */
    private static final Duration CLOCKS_AGREE = Duration.ofMinutes(1);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Service.KnownHost host;
    private final InstantSource clock;

    HostProbe(Service.KnownHost host, InstantSource clock) {
        this.host = host;
        this.clock = clock;
    }

    /**
     * What was seen.
     *
     * @param loaded identifiers of what is in memory, null if that cannot be told
     * @param trouble what is wrong, null if nothing is
     * @param fix what to do about it; empty if nothing is wrong
     * @param clockOff how far its clock is from ours, if that is too far
     */
    record Seen(@Nullable Set<String> loaded, @Nullable String trouble, String fix, Optional<Duration> clockOff) {
        static Seen trouble(String what, String fix) {
            return new Seen(null, what, fix, Optional.empty());
        }
    }

    Seen look() throws InterruptedException {
        try (HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(WITHIN)
                .build()) {
            try {
                HttpResponse<String> v1 = get(client, "/api/v1/models");
                if (v1.statusCode() == 401 || v1.statusCode() == 403) {
                    return Seen.trouble(
                            "LM Studio at " + host.url() + " wants an API token, and takes none or not this one.",
                            "Make a token in LM Studio and set hosts[].token to it.");
                }
                Set<String> loaded = v1(v1.body());
                if (loaded == null) {
                    loaded = v0(get(client, "/api/v0/models").body());
                }
                return loaded == null
                        ? Seen.trouble(
                                "Something answers at " + host.url() + ", but not as LM Studio does.",
                                "Set hosts[].url (or LMSTUDIO_PORT) to the address of LM Studio's server.")
                        : new Seen(loaded, null, "", clockOff(v1));
            } finally {
                client.shutdownNow();
            }
        } catch (ExecutionException failed) {
            return failed.getCause() instanceof ConnectException
                    ? Seen.trouble(
                            "Nothing listens at " + host.url() + ".", "Start LM Studio's server: lms server start.")
                    : Seen.trouble(
                            "The connection to " + host.url() + " broke: " + failed.getCause(),
                            "Look whether LM Studio's server runs there: lms server status.");
        } catch (TimeoutException late) {
            return Seen.trouble(
                    host.url() + " did not answer within " + WITHIN.toSeconds() + " s.",
                    "Look whether LM Studio's server runs there: lms server status.");
        }
    }

    private HttpResponse<String> get(HttpClient client, String path)
            throws ExecutionException, TimeoutException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(host.url() + path));
        if (host.token() != null) {
            request.header("Authorization", "Bearer " + host.token());
        }
        return client.sendAsync(
                        request.build(),
                        HttpResponse.BodyHandlers.limiting(
                                HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8), LARGEST))
                .get(WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static @Nullable Set<String> v1(String body) {
        JsonNode models = parsed(body).path("models");
        if (!models.isArray()) {
            return null;
        }
        Set<String> loaded = new TreeSet<>();
        models.forEach(model -> model.path("loaded_instances")
                .forEach(instance -> loaded.add(instance.path("id").asText(""))));
        return loaded;
    }

    private static @Nullable Set<String> v0(String body) {
        JsonNode data = parsed(body).path("data");
        if (!data.isArray()) {
            return null;
        }
        Set<String> loaded = new TreeSet<>();
        data.forEach(row -> {
            if (row.path("state").asText("").equals("loaded")) {
                loaded.add(row.path("id").asText(""));
            }
        });
        return loaded;
    }

    private static JsonNode parsed(String body) {
        try {
            JsonNode node = JSON.readTree(body);
            return node == null ? MissingNode.getInstance() : node;
        } catch (JsonProcessingException none) {
            return MissingNode.getInstance();
        }
    }

    private Optional<Duration> clockOff(HttpResponse<String> answer) {
        return answer.headers().firstValue("Date").flatMap(text -> {
            try {
                Instant theirs = DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from);
                Duration off = Duration.between(theirs, clock.instant()).abs();
                return off.compareTo(CLOCKS_AGREE) > 0 ? Optional.of(off) : Optional.empty();
            } catch (DateTimeException unreadable) {
                return Optional.empty();
            }
        });
    }
}
