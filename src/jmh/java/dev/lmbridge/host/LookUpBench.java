package dev.lmbridge.host;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Finding a verified model in the view that every thread has, as each warm request does. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LookUpBench {
    @Param({"1", "20"})
    int instances;

    private HostView ofModels = HostView.of(new ScriptedHost().state);
    private HostView ofOneModel = ofModels;
    private String last = "";

    @Setup
    public void setUp() {
        ofModels = seen(IntStream.rangeClosed(1, instances).mapToObj(each -> "someone/model-" + each + "~1"));
        ofOneModel = seen(IntStream.rangeClosed(1, instances).mapToObj(each -> "someone/model~" + each));
        last = "someone/model-" + instances;
        if (ofModels.instanceFor(last, null).isEmpty()
                || ofOneModel.instanceFor("someone/model", null).isEmpty()) {
            throw new IllegalStateException("the benchmark's models are not there");
        }
    }

    /** Every instance is of another model; the one looked for is the last. */
    @Benchmark
    public Optional<Instance> byKey() {
        return ofModels.instanceFor(last, null);
    }

    /** All instances are of the model looked for: the best of them is chosen. */
    @Benchmark
    public Optional<Instance> bestOfOneModel() {
        return ofOneModel.instanceFor("someone/model", null);
    }

    private static HostView seen(Stream<String> identifiers) {
        return ScriptedHost.seen(identifiers.toArray(String[]::new)).view;
    }
}
