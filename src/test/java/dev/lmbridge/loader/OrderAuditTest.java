package dev.lmbridge.loader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.host.Cause;
import dev.lmbridge.host.HostNotice;
import dev.lmbridge.store.AuditEntry;
import dev.lmbridge.testing.ManualClock;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class OrderAuditTest {
    private static final OrderAudit.Giver ADA = new OrderAudit.Giver("192.0.2.1", "r-1");

    private final ManualClock clock = new ManualClock();
    private final List<AuditEntry> told = new ArrayList<>();
    private final OrderAudit orders = new OrderAudit(told::add, clock);
    private final Promise<JsonObject> answer = Promise.promise();

    private OrderAudit.Order order(CommandReader.Kind kind, boolean force, boolean dryRun) {
        ModelCommand command = new ModelCommand("m", null, Duration.ofMinutes(10), null, null, force, dryRun, null);
        return orders.follow(ADA, kind, command, new LoaderClient.Asked("local", "c", answer.future()));
    }

    private AuditEntry only() {
        assertThat(told).hasSize(1);
        return told.getFirst();
    }

    @Test
    void aForcedUnloadNamesWhoForcedItAndWhatWentWithIt() {
        order(CommandReader.Kind.UNLOAD, true, false);
        answer.complete(new JsonObject().put("model", "org/m").put("unloaded", new JsonArray().add("org/m~1")));
        assertThat(only())
                .isEqualTo(new AuditEntry(
                        clock.instant(),
                        "192.0.2.1",
                        "unload_forced",
                        "success",
                        "org/m",
                        "org/m~1",
                        "local",
                        "r-1",
                        null));
    }

    @Test
    void aLoadThatFailedHasItsCode() {
        order(CommandReader.Kind.LOAD, false, false);
        answer.fail(
                Failure.of(FailureCode.INSUFFICIENT_MEMORY, "It does not fit.").asException());
        assertThat(only().action()).isEqualTo("load");
        assertThat(only().outcome()).isEqualTo("insufficient_memory");
        assertThat(only().detail()).isEqualTo("It does not fit.");
    }

    @Test
    void aClientWhoLeavesHasCancelledAndNothingElse() {
        OrderAudit.Order order = order(CommandReader.Kind.ENSURE, false, false);
        order.cancelled();
        answer.fail(Failure.of(FailureCode.CONFLICT, "The caller has left.").asException());
        assertThat(only().action()).isEqualTo("cancel");
    }

    @Test
    void aConnectionThatClosesAfterTheAnswerCancelsNothing() {
        OrderAudit.Order order = order(CommandReader.Kind.ENSURE, false, false);
        answer.complete(
                new JsonObject().put("model", "m").put("identifier", "m~1").put("alreadyLoaded", false));
        order.cancelled();
        assertThat(only().action()).isEqualTo("load");
        assertThat(only().identifier()).isEqualTo("m~1");
    }

    @Test
    void anAnswerThatOnlySaysHowFarItIsIsUnderWay() {
        order(CommandReader.Kind.ENSURE, false, false);
        answer.complete(new JsonObject().put("model", "m").put("state", "loading"));
        assertThat(only().outcome()).isEqualTo("under_way");
    }

    @Test
    void whatChangesNothingIsNotWrittenDown() {
        order(CommandReader.Kind.ENSURE, false, false);
        answer.complete(new JsonObject().put("model", "m").put("alreadyLoaded", true));
        assertThat(told).isEmpty();
    }

    @Test
    void lookingAtWhatWouldHappenIsNoOrder() {
        OrderAudit.Order order = order(CommandReader.Kind.UNLOAD, true, true);
        order.cancelled();
        answer.complete(new JsonObject().put("model", "m"));
        assertThat(told).isEmpty();
    }

    @Test
    void whatHappenedAtAHostIsTheBridgesOwn() {
        ModelKey model = new ModelKey("m");
        assertThat(HostAudit.entry(clock.instant(), "local", new HostNotice.Unloaded(model, "m~1", Cause.ASKED), null))
                .hasValueSatisfying(entry -> {
                    assertThat(entry.actor()).isEqualTo("bridge");
                    assertThat(entry.action()).isEqualTo("unloaded");
                });
        assertThat(HostAudit.entry(
                        clock.instant(),
                        "local",
                        new HostNotice.LoadFailed(
                                model, Failure.of(FailureCode.MODEL_LOAD_FAILED, "No."), Duration.ofSeconds(1)),
                        null))
                .hasValueSatisfying(entry -> assertThat(entry.outcome()).isEqualTo("model_load_failed"));
        assertThat(HostAudit.entry(clock.instant(), "local", new HostNotice.HostUp(), null))
                .isEmpty();
    }
}
