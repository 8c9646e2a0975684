package dev.lmbridge.sim.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.machine.MachineSettings;
import dev.lmbridge.sim.machine.SimMachine;
import java.util.List;
import java.util.OptionalInt;

/**
 * What {@code lms} did not have yet, or did otherwise, before LM Studio 0.3.27 (August 2025): by the dates of the commits in
 * lmstudio-ai/lms. It acts while {@link MachineSettings.Look#oldLms} is set.
 */
final class OldLms {
    /** {@code --parallel} came in January 2026, {@code --estimate-only} in September 2025, speculative decoding in June 2026. */
    private static final List<String> LATER_OPTIONS = List.of("parallel", "estimate-only");

    private static final List<String> LATER_FIELDS = List.of("deviceIdentifier", "status", "queued", "parallel");

    private final SimMachine machine;

    OldLms(SimMachine machine) {
        this.machine = machine;
    }

    boolean isOn() {
        return machine.settings().look().oldLms();
    }

    /** The options of a command that it has already. */
    List<Option> options(CliCommand command) {
        return isOn() && command.name().equals("load")
                ? command.options().stream()
                        .filter(option -> !LATER_OPTIONS.contains(option.key())
                                && !option.key().contains("speculative"))
                        .toList()
                : command.options();
    }

    /** Takes out of a row of {@code ps --json} or {@code ls --json} what it did not have. */
    ObjectNode row(ObjectNode row) {
        if (isOn()) {
            row.remove(LATER_FIELDS);
        }
        return row;
    }

    /** Until February 2026 the line for people could come before the document. */
    void sayBefore(CliCommand command, Arguments arguments, CliSession session) {
        if (isOn() && command.name().equals("server status") && arguments.has("json")) {
            OptionalInt port = machine.power().httpPort();
            session.outLine(
                    port.isPresent()
                            ? "The server is running on port " + port.getAsInt() + "."
                            : "The server is not running.");
        }
    }
}
