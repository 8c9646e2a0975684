package dev.lmbridge.sim;

import dev.lmbridge.sim.faults.FaultKind;
import dev.lmbridge.sim.faults.FaultKind.Scope;
import dev.lmbridge.sim.faults.FaultValue;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;

/** The part of {@code sim --help} that tells what the control endpoint can do; the faults are those that there are. */
final class SimHelp {
    private static final List<String> CONTROL = List.of(
            "",
            "The control endpoint, at the address that is printed at the start:",
            "  curl           $CONTROL/state",
            "  curl           $CONTROL/calls                (DELETE forgets them)",
            "  curl -X POST   $CONTROL/faults   -d '{\"kind\":\"load-hangs\",\"times\":1}'",
            "  curl           $CONTROL/faults",
            "  curl -X DELETE $CONTROL/faults               (or /faults/1)",
            "  curl -X POST   $CONTROL/expire   -d '{\"identifier\":\"llama-3.2-1b-instruct\"}'",
            "  curl           $CONTROL/settings",
            "  curl -X POST   $CONTROL/settings -d '{\"loadTimeMs\":300,\"jit\":false,\"reasoning\":null}'",
            "",
            "A fault hits one call, a number of calls (times), or every call until it is switched off.");

    private SimHelp() {}

    static CommandSpec complete(CommandSpec spec) {
        List<String> lines = new ArrayList<>(CONTROL);
        section(lines, Scope.LOAD, "Faults of loads; \"model\" limits them to one model key:");
        section(lines, Scope.INFERENCE, "Faults of inference; \"model\" limits them to one model key:");
        section(
                lines,
                Scope.LMS,
                "Faults of lms; \"command\" limits them to one command, such as load or server status:");
        section(lines, Scope.HOST, "Faults of the whole machine, from the moment on that they are switched on:");
        spec.usageMessage().footer(lines.stream().map(SimHelp::literal).toArray(String[]::new));
        return spec;
    }

    private static void section(List<String> lines, Scope scope, String title) {
        lines.add("");
        lines.add(title);
        for (FaultKind kind : FaultKind.values()) {
            if (kind.scope() == scope) {
                lines.add(String.format("  %-18s %s%s", kind.wireName(), kind.meaning(), values(kind)));
            }
        }
    }

    /** What the kind takes, with the values that it has when a fault names none. */
    private static String values(FaultKind kind) {
        String all = kind.uses().stream().map(SimHelp::value).collect(Collectors.joining(", "));
        return all.isEmpty() ? "" : " [" + all + "]";
    }

    private static String value(FaultValue.Use use) {
        String name = use.value().wireName();
        if (!use.allowed().isEmpty()) {
            return name + "=" + String.join("|", use.allowed());
        }
        return use.usual() == null ? name : name + "=" + use.usual();
    }

    /** The library takes a percent sign for a format. */
    private static String literal(String line) {
        return line.replace("%", "%%");
    }
}
