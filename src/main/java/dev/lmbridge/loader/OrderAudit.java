package dev.lmbridge.loader;

import dev.lmbridge.store.AuditEntry;
import dev.lmbridge.store.AuditLog;
import dev.lmbridge.wire.BusFailures;
import io.vertx.core.json.JsonObject;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** Writes down who ordered a model to be loaded or unloaded, and how that ended. Orders that changed nothing are left out. */
public final class OrderAudit {
    private final AuditLog log;
    private final InstantSource clock;

    public OrderAudit(AuditLog log, InstantSource clock) {
        this.log = log;
        this.clock = clock;
    }

    /**
     * Who gives an order.
     *
     * @param actor a client's address, or {@code bus}
     * @param requestId as the client is told
     */
    public record Giver(String actor, @Nullable String requestId) {}

    /** Follows an order to its end. Looking at what would happen is no order. */
    public Order follow(Giver giver, CommandReader.Kind kind, ModelCommand command, LoaderClient.Asked asked) {
        Order order = new Order(giver, action(kind, command), command, asked);
        asked.answer().onSuccess(order::succeeded).onFailure(order::failed);
        return order;
    }

    private static String action(CommandReader.Kind kind, ModelCommand command) {
        return kind != CommandReader.Kind.UNLOAD ? "load" : command.force() ? "unload_forced" : "unload";
    }

    /** An order under way. */
    public final class Order {
        private final Giver giver;
        private final String action;
        private final @Nullable String named;
        private final LoaderClient.Asked asked;
        private final AtomicBoolean over;

        private Order(Giver giver, String action, ModelCommand command, LoaderClient.Asked asked) {
            this.giver = giver;
            this.action = action;
            named = command.model();
            over = new AtomicBoolean(command.dryRun());
            this.asked = asked;
        }

        /** Whoever gave it no longer waits. Nothing happens if it has ended. */
        public void cancelled() {
            if (!asked.answer().isComplete()) {
                end("cancel", "success", named, null, "The client left before its " + action + " had ended.");
            }
        }

        private void succeeded(JsonObject answer) {
            if (Boolean.TRUE.equals(answer.getValue("alreadyLoaded"))) {
                return;
            }
            String outcome = answer.containsKey("state") ? "under_way" : "success";
            end(action, outcome, answer.getString("model"), identifier(answer), null);
        }

        private void failed(Throwable error) {
            var failure = BusFailures.of(error);
            end(action, failure.code().text(), named, null, failure.detail());
        }

        private static @Nullable String identifier(JsonObject answer) {
            var unloaded = answer.getJsonArray("unloaded");
            return unloaded == null || unloaded.isEmpty() ? answer.getString("identifier") : unloaded.getString(0);
        }

        private void end(
                String what,
                String outcome,
                @Nullable String model,
                @Nullable String identifier,
                @Nullable String detail) {
            if (over.compareAndSet(false, true)) {
                log.tell(new AuditEntry(
                        clock.instant(),
                        giver.actor(),
                        what,
                        outcome,
                        model,
                        identifier,
                        asked.host(),
                        giver.requestId(),
                        detail));
            }
        }
    }
}
