package dev.lmbridge.sim.cli;

import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.FaultKind;
import dev.lmbridge.sim.machine.Power;
import dev.lmbridge.sim.machine.SimMachine;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * Whether a call reaches this LM Studio. By default it finds it by its private port, and wakes it up when it is not running; with
 * {@code --host} or {@code --port} it must be the HTTP server, and nothing is woken up.
 */
final class Reach {
    /** How long LM Studio takes to start, as far as {@code lms} sees it. */
    private static final Duration USUAL_WAKING = Duration.ofSeconds(2);

    private static final String LOCAL = "127.0.0.1";
    /** Where the HTTP server of the simulation answers, which listens on loopback only. */
    private static final Set<String> ANSWERING = Set.of(LOCAL, "localhost", "0.0.0.0");

    private final SimMachine machine;
    private final Power power;

    Reach(SimMachine machine) {
        this.machine = machine;
        this.power = machine.power();
    }

    /** Goes on when LM Studio is reached, now or later; otherwise ends the session with the right text. */
    void connect(String command, Arguments arguments, CliSession session, Runnable then) {
        String host = arguments.text("host").orElse(LOCAL);
        if (host.contains("://")) {
            fail(session, "Host should not include the protocol.");
        } else if (host.contains(":")) {
            fail(session, "Host should not include the port number. Use --port instead.");
        } else if (!arguments.has("port") && host.equals(LOCAL)) {
            find(command, session, then);
        } else {
            int port = arguments.integer("port").orElse(Power.USUAL_PORT);
            session.debug("Connecting to server at " + host + ":" + port);
            session.debug("Checking server at http://" + host + ":" + port + "/lmstudio-greeting");
            boolean hidden =
                    machine.faults().take(FaultKind.LMS_NOT_RUNNING, command).isPresent();
            if (hidden || !answers(host, port)) {
                fail(
                        session,
                        "The server does not appear to be running at " + host + ":" + port
                                + ". Please make sure the server is running and accessible at the specified address.");
            } else {
                session.debug("Found server at " + port);
                then.run();
            }
        }
    }

    /** The same by the private port, for commands that cannot name a host. */
    void find(String command, CliSession session, Runnable then) {
        if (isThere(command)) {
            reach(command, session, then);
        } else {
            absent(command, session, then);
        }
    }

    boolean isUp() {
        return power.isUp();
    }

    /** Whether LM Studio is seen to run; never starts it. A fault that hides it is counted. */
    boolean isThere(String command) {
        return power.isUp()
                && machine.faults().take(FaultKind.LMS_NOT_RUNNING, command).isEmpty();
    }

    /** Goes on with an LM Studio that is there, unless a fault makes this call wake it up all the same. */
    private void reach(String command, CliSession session, Runnable then) {
        Optional<Fault> fails = machine.faults().take(FaultKind.LMS_WAKE_FAILS, command);
        Optional<Fault> wakes =
                fails.isPresent() ? Optional.empty() : machine.faults().take(FaultKind.LMS_WAKES, command);
        if (fails.isPresent()) {
            wakeInVain(fails.get().after(), session);
        } else if (wakes.isPresent()) {
            wake(wakes.get().after(), session, then);
        } else {
            then.run();
        }
    }

    private void absent(String command, CliSession session, Runnable then) {
        // Where LM Studio runs and yet was not seen, the fault has been counted already.
        if (power.isUp()
                || machine.faults().take(FaultKind.LMS_NOT_RUNNING, command).isPresent()) {
            session.error("LM Studio daemon is not running and no valid installation could be found or installed.");
            fail(session, "Failed to start or connect to local LM Studio API server.");
            return;
        }
        Optional<Fault> fails = machine.faults().take(FaultKind.LMS_WAKE_FAILS, command);
        if (fails.isPresent()) {
            wakeInVain(fails.get().after(), session);
        } else {
            Duration time = machine.faults()
                    .take(FaultKind.LMS_WAKES, command)
                    .map(Fault::after)
                    .orElse(USUAL_WAKING);
            wake(time, session, then);
        }
    }

    /** What was started goes on starting when the call that did it is killed. */
    private void wake(Duration time, CliSession session, Runnable then) {
        session.info("Waking up LM Studio service...");
        machine.agenda().in(time, () -> {
            power.up();
            if (!session.isOver()) {
                then.run();
            }
        });
    }

    private void wakeInVain(Duration time, CliSession session) {
        session.info("Waking up LM Studio service...");
        machine.agenda().in(time, () -> {
            session.error("Timed out waiting for LM Studio daemon to start.");
            fail(session, "Failed to start or connect to local LM Studio API server.");
        });
    }

    /** Whether the HTTP server of LM Studio says at this address that it is there. */
    boolean answers(String host, int port) {
        return ANSWERING.contains(host) && power.httpPort().orElse(-1) == port;
    }

    private static void fail(CliSession session, String text) {
        session.error(text);
        session.exit(1);
    }
}
