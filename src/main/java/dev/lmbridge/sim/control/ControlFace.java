package dev.lmbridge.sim.control;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.calls.CallLog;
import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.FaultKind;
import dev.lmbridge.sim.http.Bodies;
import dev.lmbridge.sim.http.Replies;
import dev.lmbridge.sim.machine.SimMachine;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The control endpoint, on its own port on loopback. Unlike LM Studio it says 404 and 400 when that is meant. */
public final class ControlFace {
    private static final String FAULT = "/faults/";

    private final SimMachine machine;
    private final CallLog log;
    private final Predicate<String> isCommand;
    private final HttpServer server;

    /** The predicate knows the commands of {@code lms}, which faults can be limited to. */
    public ControlFace(Vertx vertx, SimMachine machine, CallLog log, Predicate<String> isCommand) {
        this.isCommand = isCommand;
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
            case "POST /faults" -> Bodies.object(request, checked(request.response(), this::addFault));
            case "DELETE /faults" -> {
                machine.faults().clear();
                Replies.json(request.response(), 200, faults());
            }
            case "POST /expire" -> Bodies.object(request, checked(request.response(), this::expire));
            case "GET /settings" -> Replies.json(request.response(), 200, SettingsJson.write(machine.settings()));
            case "POST /settings" -> Bodies.object(request, checked(request.response(), this::change));
            default ->
                refuse(
                        request.response(),
                        404,
                        "There are GET /state, GET and DELETE /calls, GET, POST and DELETE /faults, DELETE /faults/{id},"
                                + " POST /expire, GET and POST /settings.");
        }
    }

    private void addFault(HttpServerResponse response, ObjectNode body) {
        Fault fault = FaultJson.read(body, machine.downloads().known(), isCommand);
        if (fault.kind() == FaultKind.CRASH) {
            machine.crash();
            Replies.json(response, 200, StateJson.state(machine, log));
        } else {
            Replies.json(response, 201, FaultJson.write(machine.faults().add(fault)));
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
        String identifier = new Fields(body, "The request", List.of("identifier")).text("identifier");
        if (identifier == null) {
            throw new BadField("\"identifier\" is missing; it must be the identifier of a loaded instance.");
        }
        if (machine.expire(identifier)) {
            Replies.json(response, 200, StateJson.state(machine, log));
        } else {
            refuse(response, 404, "No instance has the identifier \"" + identifier + "\".");
        }
    }

    private void change(HttpServerResponse response, ObjectNode body) {
        machine.settings(SettingsJson.change(machine.settings(), body));
        Replies.json(response, 200, SettingsJson.write(machine.settings()));
    }

    private Consumer<ObjectNode> checked(
            HttpServerResponse response, BiConsumer<HttpServerResponse, ObjectNode> reader) {
        return body -> {
            try {
                reader.accept(response, body);
            } catch (BadField e) {
                refuse(response, 400, e.sentence());
            }
        };
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
