package dev.lmbridge.store;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.failure.FailureException;
import dev.lmbridge.testing.Waiting;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class StoreVerticleTest {
    private static final AuditQuery ALL = new AuditQuery(null, null, 100);

    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger lost = new AtomicInteger();
    private final AuditQueue audit = new AuditQueue(10, lost::addAndGet);
    private final ScriptedStore store = new ScriptedStore();
    private final AtomicReference<StoreException.@Nullable Kind> openFails = new AtomicReference<>();
    private final StoreVerticle verticle = new StoreVerticle(this::open, audit, Duration.ofMillis(20));

    private Store open() throws StoreException {
        StoreException.Kind kind = openFails.get();
        if (kind != null) {
            throw new StoreException(kind, "The store does not open.", null);
        }
        return store;
    }

    @AfterEach
    void stop() throws Exception {
        store.goOn();
        vertx.close().await(20, SECONDS);
    }

    @Test
    void entriesReachTheStoreAndTheRestIsWrittenAtTheEnd() throws Exception {
        audit.tell(AuditSamples.entry(1));
        vertx.deployVerticle(verticle).await(20, SECONDS);
        Waiting.until("the first entry is written", () -> store.written().size() == 1);
        assertThat(verticle.trouble()).isEmpty();
        audit.tell(AuditSamples.entry(2));
        vertx.close().await(20, SECONDS);
        assertThat(store.written()).containsExactlyElementsOf(AuditSamples.entries(1, 2));
        assertThat(store.isClosed()).isTrue();
        assertThat(lost).hasValue(0);
    }

    @Test
    void aStoreThatAPersonHasToMendFailsTheStart() {
        openFails.set(StoreException.Kind.REFUSED);
        assertThatThrownBy(() -> vertx.deployVerticle(verticle).await(20, SECONDS))
                .hasMessageContaining("does not open");
    }

    @Test
    void aStoreThatDoesNotAnswerIsTriedAgainAndTakesWhatWaited() throws Exception {
        openFails.set(StoreException.Kind.UNAVAILABLE);
        vertx.deployVerticle(verticle).await(20, SECONDS);
        assertThat(verticle.trouble()).contains("The store does not open.");
        assertUnavailable(verticle.ask(each -> each.audit(ALL)));
        audit.tell(AuditSamples.entry(1));

        openFails.set(null);

        Waiting.until("the entry is written", () -> store.written().size() == 1);
        assertThat(verticle.trouble()).isEmpty();
        assertThat(verticle.ask(each -> each.audit(ALL)).await(20, SECONDS).rows())
                .hasSize(1);
    }

    @Test
    void aStoreThatFallsSilentIsToldAndComesBack() throws Exception {
        vertx.deployVerticle(verticle).await(20, SECONDS);
        store.failWith(StoreException.Kind.UNAVAILABLE);
        Waiting.until("it is told", () -> verticle.trouble().isPresent());
        AuditSamples.entries(1, 12).forEach(audit::tell);
        assertUnavailable(verticle.ask(each -> each.audit(ALL)));
        assertThat(lost).hasValue(2);

        store.failWith(null);

        Waiting.until("what waited is written", () -> store.written().size() == 10);
        assertThat(verticle.trouble()).isEmpty();
    }

    @Test
    void aSlowStoreKeepsABoundedNumberWaitingAndNoEventLoop() throws Exception {
        vertx.deployVerticle(verticle).await(20, SECONDS);
        store.hang();
        List<Future<AuditPage>> asked = new ArrayList<>();
        for (int call = 0; call < StoreVerticle.CALLS; call++) {
            asked.add(verticle.ask(each -> each.audit(ALL)));
        }
        Future<AuditPage> tooMany = verticle.ask(each -> each.audit(ALL));
        assertThat(tooMany.isComplete()).as("refused at once").isTrue();
        assertUnavailable(tooMany);
        AuditSamples.entries(1, 100).forEach(audit::tell);
        assertThat(lost).as("what does not fit is not kept in memory").hasPositiveValue();
        CompletableFuture<String> loop = new CompletableFuture<>();
        vertx.runOnContext(turn -> loop.complete("free"));
        assertThat(loop.get(20, SECONDS)).isEqualTo("free");

        store.goOn();
        for (Future<AuditPage> each : asked) {
            assertThat(each.await(20, SECONDS).rows()).isNotNull();
        }
    }

    @Test
    void anAnswerThatDoesNotComeInTimeIsGivenUp() throws Exception {
        vertx.deployVerticle(verticle).await(20, SECONDS);
        store.hang();
        assertUnavailable(verticle.ask(each -> each.audit(ALL)));
    }

    private static void assertUnavailable(Future<?> asked) {
        assertThatThrownBy(() -> asked.await(20, SECONDS))
                .isInstanceOfSatisfying(
                        FailureException.class,
                        refused -> assertThat(refused.failure().code()).isEqualTo(FailureCode.STORE_UNAVAILABLE));
    }
}
