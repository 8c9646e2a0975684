package dev.lmbridge.sim.machine;

import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.FaultBook;
import dev.lmbridge.sim.faults.FaultKind;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Makes the faults of the host act as soon as they are in the book, and end when their time is over or they are taken out of it. */
final class HostFaults {
    private final FaultBook faults;
    private final Agenda agenda;
    private final Power power;
    private final Set<Integer> timed = new HashSet<>();
    private boolean hostDown;
    private boolean httpRefused;

    HostFaults(FaultBook faults, Agenda agenda, Power power) {
        this.faults = faults;
        this.agenda = agenda;
        this.power = power;
        faults.whenChanged(this::look);
        // Whoever wakes LM Studio up ends its downtime, the one of a fault too: it is not down any more.
        power.whenUp(() -> all(FaultKind.HOST_DOWN).forEach(fault -> faults.remove(fault.id())));
    }

    private void look() {
        List<Fault> downs = all(FaultKind.HOST_DOWN);
        List<Fault> refusals = all(FaultKind.HTTP_REFUSED);
        timed.removeIf(id -> faults.active().stream().noneMatch(fault -> fault.id() == id));
        downs.forEach(this::endInTime);
        refusals.forEach(this::endInTime);
        if (hostDown == downs.isEmpty()) {
            hostDown = !downs.isEmpty();
            if (hostDown) {
                power.hold();
            } else {
                power.release();
            }
        }
        if (httpRefused == refusals.isEmpty()) {
            httpRefused = !refusals.isEmpty();
            power.refuseHttp(httpRefused);
        }
    }

    private void endInTime(Fault fault) {
        Duration time = fault.values().after();
        if (time != null && timed.add(fault.id())) {
            agenda.in(time, () -> faults.remove(fault.id()));
        }
    }

    private List<Fault> all(FaultKind kind) {
        return faults.active().stream().filter(fault -> fault.kind() == kind).toList();
    }
}
