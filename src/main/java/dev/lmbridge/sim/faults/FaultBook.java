package dev.lmbridge.sim.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The faults that are switched on. Not thread-safe: it belongs to the thread of the machine. */
public final class FaultBook {
    private final List<Fault> faults = new ArrayList<>();
    private Runnable whenChanged = () -> {};
    private int lastId;

    /** Tells when a fault was switched on or off, but not when a call has used one up. */
    public void whenChanged(Runnable listener) {
        whenChanged = listener;
    }

    /** Switches a fault on and answers it with its number. */
    public Fault add(Fault fault) {
        Fault numbered = fault.withId(++lastId);
        faults.add(numbered);
        whenChanged.run();
        return numbered;
    }

    public List<Fault> active() {
        return List.copyOf(faults);
    }

    public void clear() {
        faults.clear();
        whenChanged.run();
    }

    /** Switches one fault off; false if there is none with this number. */
    public boolean remove(int id) {
        boolean gone = faults.removeIf(fault -> fault.id() == id);
        if (gone) {
            whenChanged.run();
        }
        return gone;
    }

    /**
     * The fault that hits this call, which is counted as one of its calls.
     *
     * @param subject the modelKey (load and inference faults) or the command (faults of {@code lms}); null if the call has none
     */
    public Optional<Fault> take(FaultKind kind, @Nullable String subject) {
        for (int i = 0; i < faults.size(); i++) {
            Fault fault = faults.get(i);
            if (fault.hits(kind, subject)) {
                Integer left = fault.left();
                if (left != null) {
                    if (left <= 1) {
                        faults.remove(i);
                    } else {
                        faults.set(i, fault.times(left - 1));
                    }
                }
                return Optional.of(fault);
            }
        }
        return Optional.empty();
    }
}
