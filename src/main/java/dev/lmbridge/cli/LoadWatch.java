package dev.lmbridge.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Shows a person how far the load is that a request waits for. It asks the service again and again; what fails is not shown. */
final class LoadWatch implements AutoCloseable {
    private static final Duration PAUSE = Duration.ofMillis(400);
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);

    private final StatusLine line;
    private final @Nullable Thread watcher;
    private volatile boolean over;

    private LoadWatch(@Nullable BridgeClient client, Environment environment) {
        line = new StatusLine(environment.err(), environment.terminal());
        watcher = client == null ? null : Thread.ofVirtual().name("load-watch").unstarted(() -> watch(client));
    }

    /** Shows nothing where nobody looks, or where only JSON is wanted. */
    static LoadWatch begin(BridgeClient client, Environment environment, boolean json) {
        LoadWatch watch = new LoadWatch(environment.terminal() && !json ? client : null, environment);
        if (watch.watcher != null) {
            watch.watcher.start();
        }
        return watch;
    }

    private void watch(BridgeClient client) {
        try {
            while (!over) {
                Thread.sleep(PAUSE);
                show(client.get("/bridge/v1/models", ANSWER_WITHIN).json());
            }
        } catch (CommandFailure unseen) {
            // Whoever waits for the answer is told what is wrong.
        } catch (InterruptedException enough) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void show(JsonNode body) {
        if (over) {
            return;
        }
        for (JsonNode row : body.path("models")) {
            if (row.path("state").asText("").equals("loading")) {
                String percent = row.path("percent").isNumber()
                        ? "  " + StatusLine.bar(row.path("percent").asInt()) + "  "
                                + row.path("percent").asInt() + " %"
                        : " …";
                line.paint("loading " + row.path("model").asText("?") + percent);
                return;
            }
        }
        line.wipe();
    }

    @Override
    public synchronized void close() {
        over = true;
        if (watcher != null) {
            watcher.interrupt();
        }
        line.wipe();
    }
}
