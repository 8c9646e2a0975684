package dev.lmbridge.sim.cli;

import dev.lmbridge.sim.machine.CatalogueModel;
import dev.lmbridge.sim.machine.SimMachine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Which model {@code lms load} takes for a name, with all its traps: any subsequence hits, and no name at all hits too. */
final class ModelChoice {
    private static final int REMEMBERED = 20;

    private final SimMachine machine;
    private final List<String> recent = new ArrayList<>();

    ModelChoice(SimMachine machine) {
        this.machine = machine;
    }

    /** The model was loaded: it comes first when names are equal in score. */
    void remember(CatalogueModel model) {
        recent.remove(model.modelKey());
        recent.addFirst(model.modelKey());
        if (recent.size() > REMEMBERED) {
            recent.removeLast();
        }
    }

    /** The model, or empty when the session has ended or waits for a person. */
    Optional<CatalogueModel> choose(Arguments arguments, CliSession session) {
        if (arguments.has("exact")) {
            return byPath(arguments, session);
        }
        boolean yes = arguments.has("yes");
        Optional<String> name = arguments.name();
        if (name.isEmpty() && !yes) {
            session.out("\n");
            pick(session);
            return Optional.empty();
        }
        String wanted = name.orElse("");
        List<CatalogueModel> found = FuzzyKeys.matching(wanted, candidates());
        if (found.isEmpty()) {
            if (yes) {
                notFound(session, "No model found that matches model key \"" + wanted + "\".");
            } else {
                session.out("\n! Cannot find a model matching the provided model key (" + wanted
                        + "). Please select one from the list below.\n");
                pick(session);
            }
            return Optional.empty();
        }
        if (!yes) {
            if (found.size() > 1) {
                session.out("\n! Multiple models match the provided model key. Please select one.\n");
                pick(session);
                return Optional.empty();
            }
            session.out("\n");
        } else if (found.size() > 1) {
            session.warn(
                    found.size() + " models match the provided model key on the same device. Loading the first one.");
        }
        return Optional.of(found.getFirst());
    }

    private Optional<CatalogueModel> byPath(Arguments arguments, CliSession session) {
        Optional<String> path = arguments.name();
        if (path.isEmpty()) {
            session.titled("Path not provided", "The parameter [model-key] is required when using the --exact flag.");
            session.exit(1);
            return Optional.empty();
        }
        Optional<CatalogueModel> model = machine.catalogue().byPath(path.get());
        if (model.isEmpty()) {
            session.titled(
                    "Model not found",
                    "No model found with path being exactly \"" + path.get() + "\".",
                    "",
                    "To disable exact matching, remove the --exact flag.",
                    "",
                    "To see a list of all downloaded models, run:",
                    "",
                    "    lms ls",
                    "",
                    "Note, you need to provide the full model path. For example:",
                    "",
                    "  lms load --exact " + shortestPath());
            session.exit(1);
        }
        return model;
    }

    private String shortestPath() {
        return candidates().stream()
                .map(CatalogueModel::path)
                .min(Comparator.comparingInt(String::length))
                .orElse("");
    }

    private List<CatalogueModel> candidates() {
        List<CatalogueModel> ordered = new ArrayList<>();
        recent.forEach(key -> machine.catalogue().byKey(key).ifPresent(ordered::add));
        machine.catalogue().models().stream()
                .filter(model -> !recent.contains(model.modelKey())
                        && !model.architecture().contains("clip"))
                .forEach(ordered::add);
        return ordered;
    }

    private static void notFound(CliSession session, String sentence) {
        session.titled(
                "Model not found",
                sentence,
                "",
                "To see a list of all downloaded models, run:",
                "",
                "    lms ls",
                "",
                "To select a model interactively, remove the --yes flag:",
                "",
                "    lms load");
        session.exit(1);
    }

    /** Without a terminal: ends with 1 when stdin ends, and waits for as long as it does not. */
    private static void pick(CliSession session) {
        session.draw("\u001b[?25l? Select a model to load | (type to filter)\u001b[K\n");
        session.readStdin(() -> session.exit(1));
    }
}
