package dev.lmbridge.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class AuditQueueTest {
    private final AtomicInteger lost = new AtomicInteger();
    private final ScriptedStore store = new ScriptedStore();

    @Test
    void entriesAreWrittenInTheirOrder() throws Exception {
        AuditQueue queue = new AuditQueue(1_000, lost::addAndGet);
        AuditSamples.entries(1, 250).forEach(queue::tell);
        queue.writeTo(store);
        assertThat(store.written()).containsExactlyElementsOf(AuditSamples.entries(1, 250));
        assertThat(lost).hasValue(0);
    }

    @Test
    void whatDoesNotFitIsCounted() throws Exception {
        AuditQueue queue = new AuditQueue(3, lost::addAndGet);
        AuditSamples.entries(1, 5).forEach(queue::tell);
        assertThat(lost).hasValue(2);
        queue.writeTo(store);
        assertThat(store.written()).containsExactlyElementsOf(AuditSamples.entries(1, 3));
    }

    @Test
    void whatAStoreThatDoesNotAnswerHasNotTakenIsWrittenLater() throws Exception {
        AuditQueue queue = new AuditQueue(1_000, lost::addAndGet);
        AuditSamples.entries(1, 150).forEach(queue::tell);
        store.failWith(StoreException.Kind.UNAVAILABLE);
        assertThatThrownBy(() -> queue.writeTo(store)).isInstanceOf(StoreException.class);
        assertThat(queue.hasWaiting()).isTrue();
        queue.tell(AuditSamples.entry(151));
        store.failWith(null);
        queue.writeTo(store);
        assertThat(queue.hasWaiting()).isFalse();
        assertThat(store.written()).containsExactlyElementsOf(AuditSamples.entries(1, 151));
        assertThat(lost).hasValue(0);
    }

    @Test
    void aBatchThatWasRefusedStillWaitsWhenNothingNewCame() throws Exception {
        AuditQueue queue = new AuditQueue(1_000, lost::addAndGet);
        queue.tell(AuditSamples.entry(1));
        store.failWith(StoreException.Kind.UNAVAILABLE);
        assertThatThrownBy(() -> queue.writeTo(store)).isInstanceOf(StoreException.class);
        assertThat(queue.hasWaiting()).isTrue();
    }

    @Test
    void whatTheStoreWillNeverTakeStandsInNobodysWay() throws Exception {
        AuditQueue queue = new AuditQueue(1_000, lost::addAndGet);
        queue.tell(AuditSamples.entry(1));
        store.failWith(StoreException.Kind.FAILED);
        assertThatThrownBy(() -> queue.writeTo(store)).isInstanceOf(StoreException.class);
        store.failWith(null);
        queue.tell(AuditSamples.entry(2));
        queue.writeTo(store);
        assertThat(store.written()).containsExactly(AuditSamples.entry(2));
        assertThat(lost).hasValue(1);
    }

    @Test
    void theWriterIsToldOfEachEntry() {
        AuditQueue queue = new AuditQueue(1, lost::addAndGet);
        List<String> told = new ArrayList<>();
        queue.onEntry(() -> told.add("wake"));
        queue.tell(AuditSamples.entry(1));
        assertThat(told).hasSize(1);
        queue.abandon();
        assertThat(lost).hasValue(1);
    }
}
