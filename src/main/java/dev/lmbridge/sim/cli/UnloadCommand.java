package dev.lmbridge.sim.cli;

import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.SimMachine;
import java.util.Comparator;
import java.util.List;

/** {@code lms unload}: exact identifiers only; an unknown one is reported, with exit code 0. */
final class UnloadCommand implements CliCommand {
    private final SimMachine machine;

    UnloadCommand(SimMachine machine) {
        this.machine = machine;
    }

    @Override
    public String name() {
        return "unload";
    }

    @Override
    public List<Option> options() {
        return List.of(Option.flag("-a, --all"));
    }

    @Override
    public int mostNames() {
        return 1;
    }

    @Override
    public boolean connects() {
        return true;
    }

    @Override
    public void run(Arguments arguments, CliSession session) {
        if (arguments.has("all")) {
            all(arguments, session);
        } else if (arguments.name().isPresent()) {
            one(arguments.name().get(), session);
        } else {
            only(session);
        }
    }

    private void all(Arguments arguments, CliSession session) {
        if (arguments.name().isPresent()) {
            session.titled("Invalid Usage", "You cannot provide [path] when the flag --all is set.");
            session.exit(0);
            return;
        }
        List<Instance> loaded = machine.loaded().stream()
                .sorted(Comparator.comparing(instance -> instance.model().type()))
                .toList();
        if (loaded.isEmpty()) {
            session.info("No models to unload.");
        } else {
            for (Instance instance : loaded) {
                session.info("Unloading \"" + instance.identifier() + "\"...");
                machine.unload(instance.identifier());
            }
            session.info("Unloaded " + loaded.size() + (loaded.size() == 1 ? " model." : " models."));
        }
        session.exit(0);
    }

    private void one(String identifier, CliSession session) {
        if (machine.unload(identifier)) {
            session.info("Model \"" + identifier + "\" unloaded.");
        } else {
            session.titled(
                    "Model Not Found",
                    "Cannot find a model with the identifier \"" + identifier + "\".",
                    "",
                    "To see a list of loaded models, run:",
                    "",
                    "    lms ps");
        }
        session.exit(0);
    }

    private void only(CliSession session) {
        List<Instance> loaded = machine.loaded();
        if (loaded.isEmpty()) {
            session.titledLine("You don't have any models loaded. Use \"lms load\" to load a model.");
            session.exit(1);
        } else if (loaded.size() == 1) {
            one(loaded.getFirst().identifier(), session);
        } else {
            session.out("! To unload all models, use the --all flag.\n\n");
            session.draw("\u001b[?25l? Select a model to unload | (type to filter)\u001b[K\n");
            session.readStdin(() -> session.exit(1));
        }
    }
}
