package dev.lmbridge.sim.machine;

import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.FaultBook;
import dev.lmbridge.sim.faults.FaultKind;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a load goes once it is admitted: settled at its beginning, so that a fault counts one load, however that ends.
 *
 * @param time from the beginning to the end
 * @param shown whether it tells how far it is
 * @param turn what happens at its half
 * @param untilBack how long LM Studio is gone when it dies; zero otherwise
 */
record LoadPlan(Duration time, boolean shown, Turn turn, Duration untilBack) {
    /** What can happen at the half of a load. */
    enum Turn {
        GOES_ON,
        HANGS,
        DIES
    }

    static LoadPlan of(CatalogueModel model, MachineSettings settings, FaultBook faults) {
        String key = model.modelKey();
        Optional<Fault> silent = faults.take(FaultKind.LOAD_SILENT, key);
        Duration time = silent.or(() -> faults.take(FaultKind.LOAD_SLOW, key))
                .map(Fault::after)
                .orElseGet(() -> settings.loadTimeOf(model.sizeBytes()));
        Optional<Fault> death = faults.take(FaultKind.LOAD_CRASHES, key);
        boolean hangs =
                death.isEmpty() && faults.take(FaultKind.LOAD_HANGS, key).isPresent();
        return new LoadPlan(
                time,
                silent.isEmpty(),
                death.isPresent() ? Turn.DIES : hangs ? Turn.HANGS : Turn.GOES_ON,
                death.map(Fault::after).orElse(Duration.ZERO));
    }

    /** The refusal that a fault has for this load, or empty. */
    static Optional<Refusal> refusal(CatalogueModel model, double gigabytes, FaultBook faults) {
        Optional<Fault> memory = faults.take(FaultKind.LOAD_MEMORY, model.modelKey());
        if (memory.isPresent()) {
            Double figure = memory.get().gigabytes();
            return Optional.of(Refusal.memory(
                    figure == null ? gigabytes : figure, memory.get().wording()));
        }
        return faults.take(FaultKind.LOAD_FAILS, model.modelKey())
                .map(fault -> Refusal.loadFailed(or(fault.text()), fault.wording()));
    }

    private static String or(@Nullable String text) {
        return text == null ? "The engine of the simulation was told to fail." : text;
    }
}
