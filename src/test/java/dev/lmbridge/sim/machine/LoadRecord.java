package dev.lmbridge.sim.machine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Remembers what a load said. */
final class LoadRecord implements LoadListener {
    final List<Double> progress = new ArrayList<>();

    @Nullable
    Instance instance;

    @Nullable
    Refusal refusal;

    @Override
    public void progress(double fraction) {
        progress.add(fraction);
    }

    @Override
    public void loaded(Instance loaded) {
        instance = loaded;
    }

    @Override
    public void failed(Refusal why) {
        refusal = why;
    }
}
