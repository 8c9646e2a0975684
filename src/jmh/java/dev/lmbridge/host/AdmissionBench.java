package dev.lmbridge.host;

import dev.lmbridge.catalog.ModelKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/** What a warm request pays to be let in and out of one instance that all threads share. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class AdmissionBench {
    private final Gate gate = new Gate();
    private final Instance instance = new Instance(
            "a/model~1",
            new ModelKey("a/model"),
            false,
            4_096,
            null,
            true,
            Instant.EPOCH,
            Instant.EPOCH,
            null,
            new Usage(InstantSource.system()));

    @Benchmark
    @Threads(1)
    public boolean gateBy1Thread() {
        return throughTheGate();
    }

    @Benchmark
    @Threads(2)
    public boolean gateBy2Threads() {
        return throughTheGate();
    }

    @Benchmark
    @Threads(1)
    public boolean admissionBy1Thread() {
        return throughTheInstance();
    }

    @Benchmark
    @Threads(2)
    public boolean admissionBy2Threads() {
        return throughTheInstance();
    }

    private boolean throughTheGate() {
        boolean entered = gate.tryEnter();
        if (entered) {
            gate.leave();
        }
        return entered;
    }

    private boolean throughTheInstance() {
        boolean admitted = instance.admit(600_000);
        if (admitted) {
            instance.leave();
        }
        return admitted;
    }
}
