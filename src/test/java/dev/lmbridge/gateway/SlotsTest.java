package dev.lmbridge.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class SlotsTest {
    private final List<String> admitted = new ArrayList<>();

    private final class Named implements Slots.Waiter {
        private final String name;

        Named(String name) {
            this.name = name;
        }

        @Override
        public void admitted() {
            admitted.add(name);
        }
    }

    private final Named a = new Named("a");
    private final Named b = new Named("b");
    private final Named c = new Named("c");

    @Test
    void asManyWorkAsThereArePlacesAndTheOthersWaitInTheirOrder() {
        Slots slots = new Slots(2, 2);
        assertThat(slots.enter(a)).isEqualTo(Slots.Entry.ADMITTED);
        assertThat(slots.enter(a)).isEqualTo(Slots.Entry.ADMITTED);
        assertThat(slots.enter(b)).isEqualTo(Slots.Entry.WAITS);
        assertThat(slots.enter(c)).isEqualTo(Slots.Entry.WAITS);
        assertThat(slots.enter(a)).isEqualTo(Slots.Entry.FULL);
        assertThat(slots.waiting()).isEqualTo(2);

        slots.leave();
        assertThat(admitted).containsExactly("b");
        slots.leave();
        assertThat(admitted).containsExactly("b", "c");
        assertThat(slots.working()).isEqualTo(2);
        assertThat(slots.waiting()).isZero();
    }

    @Test
    void whoLeavesTheLineIsNotAdmittedAndMakesRoom() {
        Slots slots = new Slots(1, 1);
        slots.enter(a);
        slots.enter(b);

        assertThat(slots.withdraw(b)).isTrue();
        assertThat(slots.withdraw(b)).isFalse();
        assertThat(slots.enter(c)).isEqualTo(Slots.Entry.WAITS);
        slots.leave();

        assertThat(admitted).containsExactly("c");
        assertThat(slots.withdraw(c)).as("it has its place").isFalse();
    }

    @Test
    void morePlacesAdmitTheFirstOfTheLine() {
        Slots slots = new Slots(1, 5);
        slots.enter(a);
        slots.enter(b);
        slots.enter(c);

        slots.resize(2);

        assertThat(admitted).containsExactly("b");
        assertThat(slots.working()).isEqualTo(2);
    }

    @Test
    void fewerPlacesTakeNoneAwayButAdmitNobodyBeforeEnoughHaveLeft() {
        Slots slots = new Slots(3, 5);
        slots.enter(a);
        slots.enter(a);
        slots.enter(a);
        slots.enter(b);

        slots.resize(1);
        slots.leave();
        slots.leave();
        assertThat(admitted).isEmpty();
        assertThat(slots.working()).isEqualTo(1);

        slots.leave();
        assertThat(admitted).containsExactly("b");
        assertThat(slots.working()).isEqualTo(1);
    }

    @Test
    void thereIsAlwaysOnePlace() {
        assertThat(new Slots(0, 0).enter(a)).isEqualTo(Slots.Entry.ADMITTED);
        assertThat(new Slots(0, 0).width()).isEqualTo(1);
    }

    @Test
    void noPlaceIsGivenBackTwice() {
        Slots slots = new Slots(1, 1);
        slots.enter(a);
        slots.leave();
        assertThatIllegalStateException().isThrownBy(slots::leave);
        assertThat(slots.enter(a)).isEqualTo(Slots.Entry.ADMITTED);
    }

    /** Threads that come, go, wait, lose patience and change the width: never too many at work, nobody forgotten. */
    @Test
    void manyThreadsNeverWorkAtOnceInMorePlacesThanThereAreAndNobodyIsForgotten() throws Exception {
        int widest = 3;
        Slots slots = new Slots(widest, 4);
        AtomicInteger working = new AtomicInteger();
        AtomicInteger tooMany = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int each = 0; each < 8; each++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int round = 0; round < 3_000; round++) {
                    visit(slots, working, tooMany, widest);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(tooMany).hasValue(0);
        assertThat(slots.working()).isZero();
        assertThat(slots.waiting()).isZero();
    }

    private static void visit(Slots slots, AtomicInteger working, AtomicInteger tooMany, int widest) {
        CountDownLatch turn = new CountDownLatch(1);
        Slots.Waiter waiter = turn::countDown;
        Slots.Entry entry = slots.enter(waiter);
        if (entry == Slots.Entry.FULL) {
            return;
        }
        if (entry == Slots.Entry.WAITS) {
            if (ThreadLocalRandom.current().nextInt(4) == 0 && slots.withdraw(waiter)) {
                return;
            }
            await(turn);
        }
        if (working.incrementAndGet() > widest) {
            tooMany.incrementAndGet();
        }
        if (ThreadLocalRandom.current().nextInt(16) == 0) {
            slots.resize(1 + ThreadLocalRandom.current().nextInt(widest));
        }
        working.decrementAndGet();
        slots.leave();
    }

    private static void await(CountDownLatch turn) {
        try {
            if (!turn.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("a waiter was forgotten");
            }
        } catch (InterruptedException stopped) {
            throw new AssertionError(stopped);
        }
    }
}
