package dev.lmbridge.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GateTest {
    private final Gate gate = new Gate();

    @Test
    void countsWhoIsInside() {
        assertThat(gate.tryEnter()).isTrue();
        assertThat(gate.tryEnter()).isTrue();
        gate.leave();

        assertThat(gate.inFlight()).isEqualTo(1);
        assertThat(gate.isClosed()).isFalse();
    }

    @Test
    void doesNotCloseWhileSomebodyIsInside() {
        gate.tryEnter();

        assertThat(gate.closeIfIdle()).isFalse();
        assertThat(gate.isClosed()).isFalse();
        assertThat(gate.tryEnter()).isTrue();
    }

    @Test
    void closedGateRefusesUntilItIsReopened() {
        assertThat(gate.closeIfIdle()).isTrue();
        assertThat(gate.tryEnter()).isFalse();
        assertThat(gate.inFlight()).isZero();

        gate.reopen();

        assertThat(gate.tryEnter()).isTrue();
        assertThat(gate.inFlight()).isEqualTo(1);
    }

    @Test
    void closingTwiceIsClosingOnce() {
        assertThat(gate.closeIfIdle()).isTrue();
        assertThat(gate.closeIfIdle()).isTrue();
        gate.close();
        gate.reopen();
        gate.reopen();

        assertThat(gate.isClosed()).isFalse();
        assertThat(gate.inFlight()).isZero();
    }

    @Test
    void forcedCloseKeepsTheCountOfThoseInside() {
        gate.tryEnter();
        gate.tryEnter();

        gate.close();

        assertThat(gate.isClosed()).isTrue();
        assertThat(gate.inFlight()).isEqualTo(2);
        assertThat(gate.tryEnter()).isFalse();
        gate.leave();
        assertThat(gate.inFlight()).isEqualTo(1);
        assertThat(gate.closeIfIdle()).isFalse();
        gate.leave();
        assertThat(gate.closeIfIdle()).isTrue();
        gate.reopen();
        assertThat(gate.inFlight()).isZero();
    }

    @Test
    void leavingMoreOftenThanEnteringIsRefusedAndChangesNothing() {
        assertThatIllegalStateException().isThrownBy(gate::leave);
        assertThat(gate.inFlight()).isZero();
        assertThat(gate.tryEnter()).isTrue();
        gate.leave();

        gate.close();
        assertThatIllegalStateException().isThrownBy(gate::leave);
        assertThat(gate.isClosed()).isTrue();
        assertThat(gate.inFlight()).isZero();
    }

    /** Real threads. Whoever is inside says so in a counter of its own; while the closer holds the gate it must read zero. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    @Timeout(60)
    void nobodyIsInsideBetweenAnIdleCloseAndItsReopening(int users) throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger admitted = new AtomicInteger();
        AtomicBoolean done = new AtomicBoolean();
        CountDownLatch ready = new CountDownLatch(users);
        try (ExecutorService threads = Executors.newFixedThreadPool(users)) {
            List<Future<?>> running = new ArrayList<>();
            for (int each = 0; each < users; each++) {
                running.add(threads.submit(() -> {
                    ready.countDown();
                    while (!done.get()) {
                        if (gate.tryEnter()) {
                            inside.incrementAndGet();
                            admitted.incrementAndGet();
                            linger();
                            inside.decrementAndGet();
                            gate.leave();
                        }
                        linger();
                    }
                }));
            }
            ready.await();
            try {
                int closed = 0;
                while (closed < 20_000 || admitted.get() < 20_000) {
                    if (gate.closeIfIdle()) {
                        int counted = gate.inFlight();
                        for (int look = 0; look < 20; look++) {
                            counted += inside.get();
                        }
                        assertThat(counted).isZero();
                        closed++;
                        gate.reopen();
                    }
                }
            } finally {
                done.set(true);
            }
            for (Future<?> each : running) {
                each.get(10, TimeUnit.SECONDS);
            }
        }
        assertThat(gate.inFlight()).isZero();
        assertThat(gate.isClosed()).isFalse();
    }

    private static void linger() {
        for (int turn = 0; turn < 30; turn++) {
            Thread.onSpinWait();
        }
    }
}
