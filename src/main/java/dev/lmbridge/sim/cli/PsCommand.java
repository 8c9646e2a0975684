package dev.lmbridge.sim.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.lmbridge.sim.faults.FaultKind;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.SimMachine;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** {@code lms ps}: the loaded instances. */
final class PsCommand implements CliCommand {
    private final SimMachine machine;
    private final OldLms old;

    PsCommand(SimMachine machine, OldLms old) {
        this.machine = machine;
        this.old = old;
    }

    @Override
    public String name() {
        return "ps";
    }

    @Override
    public List<Option> options() {
        return List.of(Option.flag("--json"));
    }

    @Override
    public void run(Arguments arguments, CliSession session) {
        if (machine.faults().take(FaultKind.LMS_ROW_VANISHES, "ps").isPresent()) {
            session.uncaught("This model has already been unloaded");
            return;
        }
        if (arguments.has("json")) {
            ArrayNode rows = JsonNodeFactory.instance.arrayNode();
            machine.loaded().stream()
                    .sorted(Comparator.comparing(instance -> instance.model().type()))
                    .map(instance -> old.row(JsonRows.instance(instance)))
                    .forEach(rows::add);
            session.outLine(rows.toString());
        } else if (machine.loaded().isEmpty()) {
            session.info("No models are currently loaded.\n\nTo load a model, run:\n\n    lms load <model path>");
        } else {
            session.out("\n" + table(machine.loaded()) + "\n");
        }
        session.exit(0);
    }

    private String table(List<Instance> loaded) {
        TextTable table =
                new TextTable().row("IDENTIFIER", "MODEL", "STATUS", "SIZE", "CONTEXT", "PARALLEL", "DEVICE", "TTL");
        loaded.stream()
                .sorted(Comparator.comparing(Instance::identifier))
                .forEach(instance -> table.row(
                        instance.identifier(),
                        instance.model().modelKey(),
                        instance.status().wireName().toUpperCase(Locale.ROOT),
                        Figures.decimal(instance.model().sizeBytes()),
                        Integer.toString(instance.contextLength()),
                        instance.model().isEmbedding() ? "-" : Integer.toString(instance.parallel()),
                        "Local",
                        ttl(instance)));
        return (old.isOn() ? table.without("STATUS", "PARALLEL", "DEVICE") : table).toString();
    }

    private String ttl(Instance instance) {
        Duration total = instance.ttl();
        if (total == null) {
            return "";
        }
        Instant used = instance.lastUsed();
        Duration left = used == null
                ? total
                : total.minus(Duration.between(used, machine.agenda().now()));
        return Figures.rough(left) + " / " + Figures.rough(total);
    }
}
