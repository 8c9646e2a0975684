package dev.lmbridge.sim.cli;

import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.FaultKind;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.SimMachine;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;

/** Makes the faults of the {@code lms} process act on a call: what of its output arrives, what it does, and when it ends. */
final class LmsFaults {
    private final SimMachine machine;

    LmsFaults(SimMachine machine) {
        this.machine = machine;
    }

    /** The process as its command is to see it: what the command prints, and how it ends, may go another way. */
    CliWire between(CliCommand command, CliWire process) {
        if (taken(FaultKind.LMS_LEAVES_CHILD, command).isPresent()) {
            process.spawnGrandchild();
        }
        CliWire wire = process;
        Optional<Fault> slow = taken(FaultKind.LMS_SLOW_EXIT, command);
        if (slow.isPresent()) {
            wire = new LateEnd(process, code -> machine.agenda().in(slow.get().after(), () -> process.exit(code)));
        } else if (taken(FaultKind.LMS_HANGS_AFTER, command).isPresent()) {
            wire = new LateEnd(process, code -> {});
        }
        Optional<Fault> garbage = taken(FaultKind.LMS_GARBAGE, command);
        if (garbage.isPresent()) {
            String text = garbage.get().text();
            return new OtherOutput(wire, printed -> (text == null ? "Segmentation fault (core dumped)" : text) + "\n");
        }
        return taken(FaultKind.LMS_HALF_JSON, command).isPresent()
                ? new OtherOutput(wire, printed -> printed.substring(0, printed.length() / 2))
                : wire;
    }

    /** Whether the call hangs before it has read its arguments. */
    boolean hangs(CliCommand command, CliSession session, CliWire process) {
        if (taken(FaultKind.LMS_HANGS, command).isEmpty()) {
            return false;
        }
        process.spawnGrandchild();
        session.hang();
        return true;
    }

    /** Runs the command, unless a fault wants something else in its place. */
    void run(CliCommand command, Arguments arguments, CliSession session) {
        if (skewed(command)) {
            session.warn(skew(command));
            session.hang();
        } else if (taken(FaultKind.LMS_IDLE, command).isPresent()) {
            command.pretend(arguments, session);
        } else {
            command.run(arguments, session);
        }
    }

    /** What {@code ps} does not understand is an instance's state: of an empty machine it understands all. */
    private boolean skewed(CliCommand command) {
        boolean reads = command.name().equals("ps") ? !machine.loaded().isEmpty() : command.connects();
        return reads && taken(FaultKind.LMS_SCHEMA_SKEW, command).isPresent();
    }

    private String skew(CliCommand command) {
        if (!command.name().equals("ps")) {
            return skew("Repository", "lmLinkStatus", "{\"status\":\"paused\"}", "status", """
                    'offline' | 'starting' | 'online' | 'stopping', received 'paused'""");
        }
        Instance first = machine.loaded().stream()
                .min(Comparator.comparing(instance -> instance.model().type()))
                .orElseThrow();
        String result = "{\"status\":\"loading\",\"queued\":" + first.queued() + "}";
        return skew(
                first.model().isEmbedding() ? "Embedding" : "LLM", "getInstanceProcessingState", result, "status", """
                'idle' | 'processingPrompt' | 'generating' | 'computingEmbedding', received 'loading'""");
    }

    /** The words of lms 0.3.43, which then waits for the reply that it has thrown away. */
    private static String skew(String client, String endpoint, String result, String field, String expected) {
        return "[LMStudioClient][" + client
                + "][ClientPort] Produced communication warning: Received invalid result for rpc,"
                + " endpointName = " + endpoint + ", result = " + result + ". Zod error:\n\n- result." + field
                + ": Invalid enum value. Expected " + expected
                + "\n\nThis is usually caused by communication protocol incompatibility. Please make sure you are using the"
                + " up-to-date versions of the SDK and LM Studio.";
    }

    private Optional<Fault> taken(FaultKind kind, CliCommand command) {
        return machine.faults().take(kind, command.name());
    }

    /** Passes everything on, but for the end, which goes its own way; a second end is a signal's, and is passed on. */
    private static final class LateEnd extends Passing {
        private final IntConsumer atTheEnd;
        private boolean over;

        LateEnd(CliWire process, IntConsumer atTheEnd) {
            super(process);
            this.atTheEnd = atTheEnd;
        }

        @Override
        public void exit(int code) {
            if (over) {
                super.exit(code);
            } else {
                over = true;
                atTheEnd.accept(code);
            }
        }
    }

    /** Keeps what is printed on stdout until the end, prints something else, and ends with 0; nothing comes on stderr. */
    private static final class OtherOutput extends Passing {
        private final UnaryOperator<String> change;
        private final StringBuilder printed = new StringBuilder();

        OtherOutput(CliWire process, UnaryOperator<String> change) {
            super(process);
            this.change = change;
        }

        @Override
        public void out(String text) {
            printed.append(text);
        }

        @Override
        public void err(String text) {}

        @Override
        public void exit(int code) {
            super.out(change.apply(printed.toString()));
            super.exit(0);
        }
    }

    /** A wire that goes through another one. */
    private static class Passing implements CliWire {
        private final CliWire process;

        Passing(CliWire process) {
            this.process = process;
        }

        @Override
        public void out(String text) {
            process.out(text);
        }

        @Override
        public void err(String text) {
            process.err(text);
        }

        @Override
        public void exit(int code) {
            process.exit(code);
        }

        @Override
        public void readStdin() {
            process.readStdin();
        }

        @Override
        public void spawnGrandchild() {
            process.spawnGrandchild();
        }
    }
}
