package dev.lmbridge.sim;

import dev.lmbridge.sim.faults.FaultBook;
import dev.lmbridge.sim.machine.Agenda;
import dev.lmbridge.sim.machine.Catalogue;
import dev.lmbridge.sim.machine.MachineSettings;
import dev.lmbridge.sim.machine.Power;
import dev.lmbridge.sim.machine.SimMachine;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** A clock that a test turns, and that lets a machine do on the way whatever becomes due. */
public final class SimulatedTime implements InstantSource {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    @Override
    public Instant instant() {
        return now;
    }

    /** A machine with the standard catalogue, loads of one second, ten tokens in a second, and its HTTP server on port 1234. */
    public SimMachine machine() {
        MachineSettings settings =
                MachineSettings.standard().withLoadTime(Duration.ofSeconds(1)).withPace(10);
        SimMachine machine = new SimMachine(Catalogue.standard(), settings, new FaultBook(), this);
        machine.power().startHttp(new Power.Http(1234, "127.0.0.1", false));
        return machine;
    }

    public void pass(SimMachine machine, Duration time) {
        Agenda agenda = machine.agenda();
        Instant end = now.plus(time);
        for (Optional<Instant> due = agenda.nextDue();
                due.isPresent() && !due.get().isAfter(end);
                due = agenda.nextDue()) {
            now = due.get().isAfter(now) ? due.get() : now;
            agenda.runDue();
        }
        now = end;
    }
}
