package dev.lmbridge.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.testing.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class EventLogTest {
    private final EventLog log = new EventLog("node-1", new ManualClock(), "run1");

    private void happen(int times) {
        for (int each = 0; each < times; each++) {
            log.append(News.of(Topics.MODELS, "model.loaded").with("model", "m"));
        }
    }

    @Test
    void eventsAreNumberedAndKnowTheirNodeAndCursor() {
        happen(2);
        assertThat(log.after(0, 10)).extracting(Event::number).containsExactly(1L, 2L);
        Event event = log.after(1, 10).getFirst();
        assertThat(event.node()).isEqualTo("node-1");
        assertThat(event.name()).isEqualTo("model.loaded");
        assertThat(event.facts()).containsEntry("model", "m");
        assertThat(log.placeOf(event.cursor())).hasValue(2);
    }

    @Test
    void onlyTheLatestAreKept() {
        happen(EventLog.CAPACITY + 10);
        List<Event> kept = log.after(0, Integer.MAX_VALUE);
        assertThat(kept).hasSize(EventLog.CAPACITY);
        assertThat(kept.getFirst().number()).isEqualTo(11);
        assertThat(kept.getLast().number()).isEqualTo(log.last());
    }

    @Test
    void aCursorIsGoodWhileAllThatCameAfterItIsKept() {
        String start = log.cursor(0);
        happen(EventLog.CAPACITY);
        assertThat(log.placeOf(start)).hasValue(0);
        happen(1);
        assertThat(log.placeOf(start)).isEmpty();
        assertThat(log.placeOf(log.cursor(1))).hasValue(1);
    }

    @Test
    void aCursorOfAnotherRunOrOfNoneStandsForNothing() {
        happen(5);
        EventLog restarted = new EventLog("node-1", new ManualClock(), "run2");
        assertThat(log.placeOf(restarted.cursor(0))).isEmpty();
        assertThat(new EventLog("node-1", new ManualClock()).placeOf(log.cursor(0)))
                .isEmpty();
        for (String madeUp :
                List.of("", "run1", "run1.", "run1.x", "run1.-1", "run1.6", "run1.99999999999999999999", "3")) {
            assertThat(log.placeOf(madeUp)).as(madeUp).isEmpty();
        }
        assertThat(log.placeOf(log.cursor(5))).hasValue(5);
    }

    @Test
    void whoFollowsIsWokenUntilItStops() {
        AtomicInteger woken = new AtomicInteger();
        Runnable stop = log.follow(woken::incrementAndGet);
        happen(2);
        stop.run();
        happen(1);
        assertThat(woken).hasValue(2);
    }

    @Test
    void eventsOfManyThreadsAreInOneOrderWithoutHoles() throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int each = 0; each < 4; each++) {
            threads.add(Thread.ofPlatform().start(() -> happen(500)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        List<Event> all = log.after(0, Integer.MAX_VALUE);
        assertThat(all).hasSize(2_000);
        for (int each = 0; each < all.size(); each++) {
            assertThat(all.get(each).number()).isEqualTo(each + 1);
        }
    }

    @Test
    void longTextsAreCut() {
        log.append(News.of(Topics.HOSTS, "host.down").with("detail", "x".repeat(100_000)));
        assertThat(String.valueOf(log.after(0, 1).getFirst().facts().get("detail")))
                .hasSize(News.TEXT_LIMIT);
    }
}
