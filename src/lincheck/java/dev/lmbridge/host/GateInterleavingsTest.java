package dev.lmbridge.host;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Lincheck draws what several threads do with one gate, runs it many times, and looks for results that no order of the same
 * steps, one after the other, could give.
 */
public final class GateInterleavingsTest {
    @Test
    @Timeout(300)
    void realThreadsSeeOneOrderOfAllSteps() {
        new StressOptions()
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(1)
                .actorsAfter(1)
                .iterations(5)
                .invocationsPerIteration(200)
                .check(Steps.class);
    }

    @Test
    @Timeout(300)
    void everyInterleavingGivesOneOrderOfAllSteps() {
        check(Steps.class);
    }

    @Test
    @Timeout(300)
    void aGateThatLooksTwiceIsFoundOut() {
        assertThatThrownBy(() -> check(TwoLooks.class)).hasMessageContaining("closeIfIdle");
    }

    private static void check(Class<?> steps) {
        new ModelCheckingOptions()
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(0)
                .actorsAfter(1)
                .iterations(20)
                .invocationsPerIteration(500)
                .check(steps);
    }

    /** One gate, and how often each thread is inside it: only who is inside leaves. */
    @Param(name = "thread", gen = ThreadIdGen.class)
    public static final class Steps {
        private final Gate gate = new Gate();
        private final int[] inside = new int[8];

        @Operation
        public boolean enter(@Param(name = "thread") int thread) {
            boolean entered = gate.tryEnter();
            inside[thread] += entered ? 1 : 0;
            return entered;
        }

        @Operation
        public boolean leave(@Param(name = "thread") int thread) {
            if (inside[thread] == 0) {
                return false;
            }
            inside[thread]--;
            gate.leave();
            return true;
        }

        @Operation
        public boolean closeIfIdle() {
            return gate.closeIfIdle();
        }

        @Operation
        public void close() {
            gate.close();
        }

        @Operation
        public void reopen() {
            gate.reopen();
        }

        @Operation
        public boolean isClosed() {
            return gate.isClosed();
        }

        @Operation
        public int inFlight() {
            return gate.inFlight();
        }
    }

    /** As it must not be done: between its two looks at the word somebody may open it. */
    public static final class TwoLooks {
        private static final long CLOSED = Long.MIN_VALUE;

        private final AtomicLong word = new AtomicLong();

        @Operation
        public boolean closeIfIdle() {
            return word.compareAndSet(0, CLOSED) || word.get() == CLOSED;
        }

        @Operation
        public void reopen() {
            word.set(0);
        }
    }
}
