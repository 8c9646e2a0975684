package dev.lmbridge.sim.logs;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/** An entry as JSON: {@code {"timestamp":ms,"data":{"type":…}}}, the same over the private API and on the terminal. */
public final class LogJson {
    static final String ENGINE_NAME = "lm-bridge-sim";
    static final String ENGINE_VERSION = "1.0.0";
    static final String ENGINE_TYPE = "rules";

    private LogJson() {}

    public static ObjectNode event(Instant time, LogEntry entry) {
        ObjectNode event = JsonNodeFactory.instance.objectNode().put("timestamp", time.toEpochMilli());
        event.set("data", data(entry));
        return event;
    }

    private static ObjectNode data(LogEntry entry) {
        ObjectNode data = JsonNodeFactory.instance.objectNode();
        switch (entry) {
            case LogEntry.Input input ->
                data.put("type", "llm.prediction.input")
                        .put("input", input.input())
                        .put("modelPath", input.modelPath())
                        .put("modelIdentifier", input.modelIdentifier());
            case LogEntry.Output output -> {
                data.put("type", "llm.prediction.output").put("output", output.output());
                data.set("stats", stats(output.stats()));
                data.put("modelIdentifier", output.modelIdentifier());
            }
            case LogEntry.ServerLine server ->
                data.put("type", "server.log")
                        .put("content", server.content())
                        .put("level", server.level().wireName());
            case LogEntry.EngineLine runtime -> {
                data.put("type", "runtime.log")
                        .put("level", runtime.level().wireName())
                        .put("message", runtime.message())
                        .put("engineName", ENGINE_NAME)
                        .put("engineVersion", ENGINE_VERSION)
                        .put("engineType", ENGINE_TYPE);
                if (runtime.modelIdentifier() != null) {
                    data.put("modelIdentifier", runtime.modelIdentifier());
                }
                if (runtime.instanceReference() != null) {
                    data.put("instanceReference", runtime.instanceReference());
                }
            }
        }
        return data;
    }

    static ObjectNode stats(LogEntry.Stats stats) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("stopReason", stats.stopReason())
                .put("tokensPerSecond", stats.tokensPerSecond())
                .put("timeToFirstTokenSec", stats.timeToFirstTokenSec())
                .put("totalTimeSec", stats.totalTimeSec())
                .put("promptTokensCount", stats.promptTokensCount())
                .put("predictedTokensCount", stats.predictedTokensCount())
                .put("totalTokensCount", stats.promptTokensCount() + stats.predictedTokensCount());
    }
}
