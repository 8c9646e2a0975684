package dev.lmbridge.http;

import dev.lmbridge.events.Topics;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.loader.Fleet;
import dev.lmbridge.loader.LoaderClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** How things stand, topic by topic: what events then go on from. */
final class Snapshots {
    private static final List<String> KNOWN =
            List.of(Topics.MODELS, Topics.QUEUE, Topics.BREAKERS, Topics.HOSTS, Topics.RUNS);

    private final LoaderClient loaders;
    private final Fleet fleet;
    private final BreakerRoutes breakers;
    private final HostRoutes hosts;

    Snapshots(LoaderClient loaders, Fleet fleet, BreakerRoutes breakers, HostRoutes hosts) {
        this.loaders = loaders;
        this.fleet = fleet;
        this.breakers = breakers;
        this.hosts = hosts;
    }

    /** Throws unless there is each of these topics. */
    static void check(List<String> topics) {
        for (String topic : topics) {
            if (topic.startsWith(Topics.run(""))) {
                throw Failure.of(FailureCode.NOT_FOUND, "There is no such run on this node.")
                        .asException();
            }
            if (!KNOWN.contains(topic)) {
                throw Failure.invalid("topics", "may hold " + String.join(", ", KNOWN) + " and runs/ID only.")
                        .asException();
            }
        }
    }

    /** One array for each topic, under its name. */
    void write(JsonObject frame, List<String> topics) {
        topics.forEach(topic -> frame.put(topic, of(topic)));
    }

    private JsonArray of(String topic) {
        return switch (topic) {
            case Topics.MODELS -> loaders.list(false).getJsonArray("models");
            case Topics.QUEUE -> queue();
            case Topics.BREAKERS -> breakers.rows(fleet.hosts());
            case Topics.HOSTS -> hosts.rows();
            default -> new JsonArray();
        };
    }

    /** What runs and waits, host by host, in order. */
    private JsonArray queue() {
        JsonArray rows = new JsonArray();
        fleet.hosts()
                .forEach(host -> host.view().waiting().forEach(one -> {
                    JsonObject row = new JsonObject()
                            .put("host", host.name())
                            .put("operation", one.operation())
                            .put("model", one.model().value())
                            .put("position", one.position())
                            .put("callers", one.callers());
                    rows.add(one.percent() < 0 ? row : row.put("percent", one.percent()));
                }));
        return rows;
    }
}
