package dev.lmbridge.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.loader.CommandReader;
import dev.lmbridge.loader.LoaderClient;
import dev.lmbridge.loader.ModelCommand;
import dev.lmbridge.loader.OrderAudit;
import dev.lmbridge.wire.BusFailures;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The loads and unloads that one WebSocket has asked for. When it closes, nobody waits for them any more. */
final class SocketOrders {
    /** How many one connection may wait for at a time. */
    static final int MAX_PENDING = 64;

    private final HttpVerticle.Parts parts;
    private final String actor;
    private final String connection;
    private final Set<Pending> pending = new HashSet<>();
    private long count;

    /**
     * @param actor who asks, for the audit
     * @param connection the id of the request that has opened the connection; that of each order begins with it
     */
    SocketOrders(HttpVerticle.Parts parts, String actor, String connection) {
        this.parts = parts;
        this.actor = actor;
        this.connection = connection;
    }

    private record Pending(
            String request, ModelCommand command, LoaderClient.Asked asked, OrderAudit.Order order, Instant began) {}

    /** The body that HTTP would answer, with the id that {@code explain} knows the order by. Throws what can be refused now. */
    Future<JsonObject> begin(CommandReader.Kind kind, ObjectNode body) {
        ModelCommand command = parts.commands().read(kind, body);
        if (pending.size() >= MAX_PENDING) {
            throw Failure.of(
                            FailureCode.QUEUE_FULL,
                            MAX_PENDING + " orders of this connection wait for their answer already.")
                    .asException();
        }
        String request = connection + "." + ++count;
        LoaderClient.Asked asked = kind == CommandReader.Kind.UNLOAD
                ? parts.loaders().unload(command, request)
                : parts.loaders().ensure(command, null, request);
        OrderAudit.Order order = parts.orders().follow(new OrderAudit.Giver(actor, request), kind, command, asked);
        Pending one = new Pending(request, command, asked, order, parts.clock().instant());
        pending.add(one);
        return asked.answer()
                .map(answer -> answer.put("requestId", request))
                .onSuccess(answer -> ended(one, answer.getString("state", "success")))
                .onFailure(error -> ended(one, BusFailures.of(error).code().text()));
    }

    private void ended(Pending one, String outcome) {
        if (pending.remove(one)) {
            parts.chronicle()
                    .ended(one.request(), one.command().model(), one.asked().host(), outcome, one.began());
        }
    }

    void leaveAll() {
        List.copyOf(pending).forEach(one -> {
            one.order().cancelled();
            parts.loaders().leave(one.asked());
            ended(one, "client_gone");
        });
    }
}
