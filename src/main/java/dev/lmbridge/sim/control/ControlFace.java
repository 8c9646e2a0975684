package dev.lmbridge.sim.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.calls.CallLog;
import dev.lmbridge.sim.http.Bodies;
import dev.lmbridge.sim.http.Replies;
import dev.lmbridge.sim.machine.MachineSettings;
import dev.lmbridge.sim.machine.SimMachine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;

/** The control endpoint, on its own port on loopback. Unlike LM Studio it says 404 and 400 when that is meant. */
public final class ControlFace {
    private static final String FAULT = "/faults/";

    private final SimMachine machine;
    private final CallLog log;
    private final HttpServer server;

    public ControlFace(Vertx vertx, SimMachine machine, CallLog log) {
        this.machine = machine;
        this.log = log;
        this.server = vertx.createHttpServer().requestHandler(this::route);
    }

    /** The port. */
    public Future<Integer> listen() {
        return server.listen(0, "127.0.0.1").map(HttpServer::actualPort);
    }

    public Future<Void> close() {
        return server.close();
    }

    private void route(HttpServerRequest request) {
        request.response().exceptionHandler(error -> {});
        // A browser page of another origin must not switch faults on.
        if (request.getHeader("Origin") != null) {
            refuse(request.response(), 403, "The control endpoint takes no requests from web pages.");
            return;
        }
        String path = request.path();
        if (path.startsWith(FAULT) && request.method().equals(HttpMethod.DELETE)) {
            removeFault(request.response(), path.substring(FAULT.length()));
            return;
        }
        switch (request.method().name() + " " + path) {
            case "GET /state" -> Replies.json(request.response(), 200, StateJson.state(machine, log));
            case "GET /calls" -> Replies.json(request.response(), 200, StateJson.calls(log));
            case "DELETE /calls" -> {
                log.clear();
                Replies.json(request.response(), 200, StateJson.calls(log));
            }
            case "GET /faults" -> Replies.json(request.response(), 200, faults());
            case "POST /faults" -> Bodies.object(request, body -> addFault(request.response(), body));
            case "DELETE /faults" -> {
                machine.faults().clear();
                Replies.json(request.response(), 200, faults());
            }
            case "POST /expire" -> Bodies.object(request, body -> expire(request.response(), body));
            case "POST /settings" -> Bodies.object(request, body -> change(request.response(), body));
            default ->
                refuse(
                        request.response(),
                        404,
                        "There are GET /state, GET and DELETE /calls, GET, POST and DELETE /faults, DELETE /faults/{id},"
                                + " POST /expire and POST /settings.");
        }
    }

    private void addFault(HttpServerResponse response, ObjectNode body) {
        if (body.path("kind").asText("").equals("crash")) {
            machine.crash();
            Replies.json(response, 200, StateJson.state(machine, log));
            return;
        }
        try {
            Replies.json(response, 201, FaultJson.write(machine.faults().add(FaultJson.read(body))));
        } catch (IllegalArgumentException e) {
            refuse(response, 400, String.valueOf(e.getMessage()));
        }
    }

    private void removeFault(HttpServerResponse response, String id) {
        boolean gone = id.matches("\\d{1,9}") && machine.faults().remove(Integer.parseInt(id));
        if (gone) {
            Replies.json(response, 200, faults());
        } else {
            refuse(response, 404, "No fault with the number " + id + " is on.");
        }
    }

    private void expire(HttpServerResponse response, ObjectNode body) {
        String identifier = body.path("identifier").asText("");
        if (machine.expire(identifier)) {
            Replies.json(response, 200, StateJson.state(machine, log));
        } else {
            refuse(response, 404, "No instance has the identifier \"" + identifier + "\".");
        }
    }

    private void change(HttpServerResponse response, ObjectNode body) {
        MachineSettings settings = machine.settings();
        JsonNode memory = body.path("memoryBytes");
        JsonNode load = body.path("loadTimeMs");
        JsonNode pace = body.path("tokensPerSecond");
        JsonNode jit = body.path("jit");
        if (memory.canConvertToLong() && memory.longValue() >= 0) {
            settings = settings.withMemory(memory.longValue());
        }
        if (load.canConvertToLong() && load.longValue() >= 0) {
            settings = settings.withLoadTime(Duration.ofMillis(load.longValue()));
        }
        if (pace.isNumber() && pace.doubleValue() > 0) {
            settings = settings.withPace(pace.doubleValue());
        }
        if (jit.isBoolean()) {
            settings = settings.withJit(jit.booleanValue());
        }
        machine.settings(settings);
        Replies.json(response, 200, StateJson.state(machine, log));
    }

    private ObjectNode faults() {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        ArrayNode list = body.putArray("faults");
        machine.faults().active().forEach(fault -> list.add(FaultJson.write(fault)));
        return body;
    }

    private static void refuse(HttpServerResponse response, int status, String text) {
        Replies.json(response, status, JsonNodeFactory.instance.objectNode().put("error", text));
    }
}
