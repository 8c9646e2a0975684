package dev.lmbridge.sim.cli;

import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.SimMachine;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/** {@code lms unload}: exact identifiers only; an unknown one is reported, with exit code 0. */
final class UnloadCommand implements CliCommand {
    private final SimMachine machine;
    private final OldLms old;

    UnloadCommand(SimMachine machine, OldLms old) {
        this.machine = machine;
        this.old = old;
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
    public void run(Arguments arguments, CliSession session) {
        unload(arguments, session, machine::unload);
    }

    /** Finds what to unload, says that it did, and leaves all as it was. */
    @Override
    public void pretend(Arguments arguments, CliSession session) {
        unload(arguments, session, identifier -> {});
    }

    private void unload(Arguments arguments, CliSession session, Consumer<String> unloading) {
        if (arguments.has("all")) {
            all(arguments, session, unloading);
        } else if (arguments.name().isPresent()) {
            one(arguments.name().get(), session, unloading);
        } else {
            only(session, unloading);
        }
    }

    private void all(Arguments arguments, CliSession session, Consumer<String> unloading) {
        if (arguments.name().isPresent()) {
            session.titled("Invalid Usage", "You cannot provide [path] when the flag --all is set.");
            session.exit(0);
            return;
        }
        List<Instance> loaded = listed();
        if (loaded.isEmpty()) {
            session.info("No models to unload.");
        } else {
            session.debug("Unloading " + loaded.size() + " models...");
            for (Instance instance : loaded) {
                session.info("Unloading \"" + instance.identifier() + "\"...");
                unloading.accept(instance.identifier());
            }
            session.info("Unloaded " + loaded.size() + (loaded.size() == 1 ? " model." : " models."));
        }
        session.exit(0);
    }

    private void one(String identifier, CliSession session, Consumer<String> unloading) {
        if (machine.find(identifier).isEmpty()) {
            session.titled(
                    "Model Not Found",
                    "Cannot find a model with the identifier \"" + identifier + "\".",
                    "",
                    "To see a list of loaded models, run:",
                    "",
                    "    lms ps");
        } else {
            session.debug("Unloading \"" + identifier + "\"...");
            unloading.accept(identifier);
            session.info("Model \"" + identifier + "\" unloaded.");
        }
        session.exit(0);
    }

    private void only(CliSession session, Consumer<String> unloading) {
        List<Instance> loaded = listed();
        if (loaded.isEmpty()) {
            session.info("You don't have any models loaded. Use \"lms load\" to load a model.");
            session.exit(1);
        } else if (loaded.size() == 1 && !old.isOn()) {
            one(loaded.getFirst().identifier(), session, unloading);
        } else {
            session.out("! To unload all models, use the --all flag.\n\n");
            Picker.ask(
                    "Select a model to unload",
                    loaded.stream().map(UnloadCommand::row).toList(),
                    session);
        }
    }

    /** Language models first, as {@code lms} asks for them. */
    private List<Instance> listed() {
        return machine.loaded().stream()
                .sorted(Comparator.comparing(instance -> instance.model().type()))
                .toList();
    }

    private static String row(Instance instance) {
        String path = instance.model().path();
        String identifier = instance.identifier();
        return identifier.equals(path) || identifier.startsWith(path + ":")
                ? identifier
                : identifier + " (" + path + ")";
    }
}
