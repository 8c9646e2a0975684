package dev.lmbridge.host;

import dev.lmbridge.catalog.CatalogModel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** One decision of the core: somebody asks for a model while {@code waiting} others wait behind a load. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class DecisionBench {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    @Param({"10", "100", "1000"})
    int waiting;

    private ScriptedHost manyModels = new ScriptedHost();
    private ScriptedHost oneModel = new ScriptedHost();

    @Setup
    public void setUp() {
        List<CatalogModel> disk = IntStream.rangeClosed(0, waiting + 1)
                .mapToObj(each -> ScriptedHost.model("someone/model-" + each, 1L << 30))
                .toList();
        manyModels = host(disk);
        oneModel = host(disk);
        for (int each = 0; each <= waiting; each++) {
            manyModels.ensure("caller-" + each, "someone/model-" + each);
            oneModel.ensure("caller-" + each, each == 0 ? "someone/model-0" : "someone/model-1");
        }
        expect(manyModels, waiting, 1);
        expect(oneModel, 1, waiting);
    }

    /** Each of those who wait asked for another model: the newcomer goes to the end of the queue. */
    @Benchmark
    public HostCore.Step behindAQueueOfModels() {
        return asked(manyModels, "someone/model-" + (waiting + 1));
    }

    /** All of those who wait asked for one model: the newcomer joins them. */
    @Benchmark
    public HostCore.Step joiningCallersOfOneModel() {
        return asked(oneModel, "someone/model-1");
    }

    private static HostCore.Step asked(ScriptedHost host, String name) {
        return host.core.on(
                host.state,
                new HostEvent.EnsureAsked(
                        "newcomer", name, MINUTE, null, host.clock.instant().plus(MINUTE), null));
    }

    private static ScriptedHost host(List<CatalogModel> disk) {
        HostPolicy usual = ScriptedHost.POLICY;
        ScriptedHost host = new ScriptedHost(new HostPolicy(
                usual.loadTimeout(),
                usual.maxLoad(),
                usual.commandTimeout(),
                usual.verifyWithin(),
                usual.pollEvery(),
                usual.freshFor(),
                usual.observeEvery(),
                usual.idleEvery(),
                10_000,
                usual.doubtFor(),
                usual.retrying(),
                usual.breaking()));
        host.disk = disk;
        host.observed();
        return host;
    }

    private static void expect(ScriptedHost host, int queued, int callersOfTheLast) {
        List<Operation> queue = host.state.queue();
        if (queue.size() != queued || queue.getLast().callers().size() != callersOfTheLast) {
            throw new IllegalStateException("the queue is not as this benchmark needs it: " + queue.size());
        }
    }
}
