package dev.lmbridge.sim.control;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.calls.CallLog;
import dev.lmbridge.sim.calls.CallLog.LmsCall;
import dev.lmbridge.sim.machine.DownloadJob;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.LoadJob;
import dev.lmbridge.sim.machine.SimMachine;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalInt;

/** The machine and the call log as JSON. */
final class StateJson {
    private StateJson() {}

    static ObjectNode state(SimMachine machine, CallLog log) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode instances = body.putArray("instances");
        for (Instance instance : machine.loaded()) {
            Duration ttl = instance.ttl();
            Instant used = instance.lastUsed();
            instances
                    .addObject()
                    .put("identifier", instance.identifier())
                    .put("modelKey", instance.model().modelKey())
                    .put("ttlMs", ttl == null ? null : (Long) ttl.toMillis())
                    .put("lastUsedTime", used == null ? null : (Long) used.toEpochMilli())
                    .put("contextLength", instance.contextLength())
                    .put("parallel", instance.parallel())
                    .put("status", instance.status().wireName())
                    .put("queued", instance.queued())
                    .put("jit", instance.isJit())
                    .put("memoryBytes", instance.memory())
                    .put("gpuMemoryBytes", instance.gpuMemory());
        }
        ArrayNode loading = body.putArray("loading");
        for (LoadJob job : machine.loading()) {
            loading.addObject()
                    .put("identifier", job.identifier())
                    .put("modelKey", job.request().modelKey())
                    .put("progress", job.progress());
        }
        ArrayNode downloads = body.putArray("downloads");
        for (DownloadJob job : machine.downloads().jobs()) {
            downloads
                    .addObject()
                    .put("id", job.id())
                    .put("modelKey", job.modelKey())
                    .put("state", job.state().wireName())
                    .put("downloadedBytes", job.downloadedBytes());
        }
        OptionalInt port = machine.power().httpPort();
        body.put("running", machine.power().isUp());
        body.put("httpPort", port.isPresent() ? (Integer) port.getAsInt() : null);
        body.putObject("memory")
                .put("budgetBytes", machine.settings().engine().memoryBytes())
                .put("usedBytes", machine.memoryUsed());
        body.put("inFlight", log.inFlight());
        ArrayNode grandchildren = body.putArray("grandchildren");
        log.grandchildren().forEach(grandchildren::add);
        return body;
    }

    static ObjectNode calls(CallLog log) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode lms = body.putArray("lms");
        for (LmsCall call : log.lmsCalls()) {
            ObjectNode row = lms.addObject().put("number", call.number());
            ArrayNode argv = row.putArray("argv");
            call.argv().forEach(argv::add);
            Instant ended = call.ended();
            row.put("home", call.home())
                    .put("startedAt", call.started().toString())
                    .put("endedAt", ended == null ? null : ended.toString())
                    .put("exitCode", call.exitCode());
        }
        ObjectNode http = body.putObject("http");
        ObjectNode routes = http.putObject("byRoute");
        log.requestsByRoute().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(each -> routes.put(each.getKey(), each.getValue()));
        ArrayNode inference = http.putArray("inference");
        log.inferenceByModel().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(each -> {
                    int space = each.getKey().indexOf(' ');
                    inference
                            .addObject()
                            .put("route", each.getKey().substring(0, space))
                            .put("model", each.getKey().substring(space + 1))
                            .put("count", each.getValue());
                });
        http.put("absentInference", log.absentInference());
        return body;
    }
}
