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

    /** The model is to be loaded: it comes first from now on when names are equal in score. */
    private void remember(CatalogueModel model, CliSession session) {
        if (recent.remove(model.modelKey())) {
            session.debug("Removing model from last loaded models: " + model.modelKey());
        }
        recent.addFirst(model.modelKey());
        if (recent.size() > REMEMBERED) {
            recent.removeLast();
        }
        session.debug("Updating cliPref");
    }

    /** The model, or empty when the session has ended or waits for a person. */
    Optional<CatalogueModel> choose(Arguments arguments, CliSession session) {
        session.debug("[CliPref] Initializing FileData");
        session.debug("Last loaded map loaded with " + recent.size() + " models.");
        if (arguments.has("exact")) {
            return byPath(arguments, session);
        }
        Optional<CatalogueModel> model = byName(arguments, session);
        if (!arguments.has("estimate-only")) {
            model.ifPresent(chosen -> remember(chosen, session));
        }
        return model;
    }

    private Optional<CatalogueModel> byName(Arguments arguments, CliSession session) {
        boolean yes = arguments.has("yes");
        Optional<String> name = arguments.name();
        String wanted = name.orElse("");
        List<CatalogueModel> found = FuzzyKeys.matching(wanted, candidates());
        session.debug("Initial filtered models length: " + found.size());
        if (yes) {
            if (found.isEmpty()) {
                notFound(session, "No model found that matches model key \"" + wanted + "\".");
            } else if (found.size() > 1) {
                session.warn(found.size()
                        + " models match the provided model key on the same device. Loading the first one.");
            }
            return found.stream().findFirst();
        }
        session.out("\n");
        if (name.isPresent() && found.size() == 1) {
            return Optional.of(found.getFirst());
        }
        if (name.isPresent()) {
            session.outLine(
                    found.isEmpty()
                            ? "! Cannot find a model matching the provided model key (" + wanted
                                    + "). Please select one from the list below."
                            : "! Multiple models match the provided model key. Please select one.");
        }
        String search = found.isEmpty() ? "" : wanted;
        Picker.ask(
                "Select a model to " + (arguments.has("estimate-only") ? "estimate" : "load"),
                FuzzyKeys.matching(search, candidates()).stream()
                        .map(model -> Picker.highlighted(model.modelKey(), search) + " ("
                                + Figures.binary(model.sizeBytes()) + ")")
                        .toList(),
                session);
        return Optional.empty();
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
}
