package dev.lmbridge.sim.cli;

import dev.lmbridge.sim.machine.DownloadPlan;
import dev.lmbridge.sim.machine.DownloadPlan.Action;
import dev.lmbridge.sim.machine.DownloadRequest;
import dev.lmbridge.sim.machine.Downloads.Resolution;
import dev.lmbridge.sim.machine.Hub;
import dev.lmbridge.sim.machine.HubModel;
import dev.lmbridge.sim.machine.SimMachine;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code lms get}: finds a model to download, says what it would fetch, and fetches it. It has no JSON output. */
final class GetCommand implements CliCommand {
    private static final String PICK_MODEL = "\u001b[?25l? Select a model to download (type to filter)\u001b[K\n";
    private static final String PICK_VARIANT = "\u001b[?25l? Select a variant\u001b[K\n";

    private final SimMachine machine;

    GetCommand(SimMachine machine) {
        this.machine = machine;
    }

    @Override
    public String name() {
        return "get";
    }

    @Override
    public List<Option> options() {
        return List.of(Option.flag("--mlx"), Option.flag("--gguf"), Option.flag("-y, --yes"), Option.flag("--select"));
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
        boolean yes = arguments.has("yes");
        String[] parts = arguments.name().orElse("").strip().split("@", -1);
        String quantization = parts.length == 2 && !parts[1].isBlank() ? parts[1].strip() : null;
        if (arguments.has("select")) {
            fail(
                    session,
                    yes
                            ? "The --select flag cannot be used with --yes."
                            : "The --select flag requires an interactive terminal.");
        } else if (parts.length > 2) {
            fail(session, "You cannot have more than 2 @'s in the model name argument.");
        } else {
            Set<String> formats = formats(arguments);
            String wanted = parts[0].strip();
            switch (GetTarget.of(wanted)) {
                case GetTarget.Bad(String reason) -> fail(session, reason);
                case GetTarget.Artifact(String name) -> artifact(name, quantization, formats, yes, session);
                case GetTarget.Repository(String name, String file) ->
                    plan(
                            DownloadRequest.repository(name)
                                    .withFormats(formats)
                                    .preferring(file, quantization),
                            wanted,
                            yes,
                            session);
                case GetTarget.Term(String term) ->
                    search(term, formats, yes, session)
                            .ifPresent(model -> artifact(model.modelKey(true), quantization, formats, yes, session));
            }
        }
    }

    private void artifact(
            String name, @Nullable String quantization, Set<String> formats, boolean yes, CliSession session) {
        Optional<String> problem = GetTarget.schemaProblem(name);
        if (problem.isPresent()) {
            session.out("\u001b[?25l");
            fail(session, problem.get());
            return;
        }
        DownloadRequest request =
                DownloadRequest.artifact(name).withFormats(formats).preferring(null, quantization);
        plan(request, name, yes, session);
    }

    /** The staff pick, or empty when the session has ended or waits for a person. */
    private Optional<HubModel> search(String term, Set<String> formats, boolean yes, CliSession session) {
        if (!term.isEmpty()) {
            session.info("Searching staff picks with the term " + term);
        }
        List<HubModel> found = machine.downloads().hub().staffPicks(term, formats);
        if (found.isEmpty()) {
            fail(session, "No staff picks found with the specified search criteria.");
            return Optional.empty();
        }
        if (!Hub.isExactly(found.getFirst(), term)) {
            if (!yes) {
                session.info("No exact match found. Please choose a model from the list below.");
                session.plainInfo("");
                pick(session);
                return Optional.empty();
            }
            session.info("Multiple staff picks found. Automatically selecting the first one due to --yes.");
        }
        return Optional.of(found.getFirst());
    }

    private void plan(DownloadRequest request, String target, boolean yes, CliSession session) {
        PlanDrawing drawing = new PlanDrawing(machine.agenda(), session, request);
        drawing.start();
        session.whenGone(drawing::pause);
        machine.downloads().resolve(request, resolution -> {
            switch (resolution) {
                case Resolution.Unknown(String reason) -> {
                    drawing.stop();
                    session.error(reason + " ");
                    session.exit(1);
                }
                case Resolution.Planned(DownloadPlan plan) -> {
                    drawing.ready(plan, yes);
                    if (!session.isOver()) {
                        carryOut(plan, target, yes, session);
                    }
                }
            }
        });
    }

    private void carryOut(DownloadPlan plan, String target, boolean yes, CliSession session) {
        String quantization = plan.request().quantization();
        boolean choice = plan.options().size() > 1;
        if (quantization != null && !plan.hasPreselected(quantization)) {
            if (yes || !choice) {
                fail(session, "Cannot find variant " + quantization + ".");
            } else {
                // This picker, unlike the other, does not end with stdin either (lms 0.3.43): only a signal ends it.
                session.plainInfo("Cannot find variant " + quantization + ", please select one from below.");
                session.outLine("! Use the arrow keys to navigate, and press enter to select.");
                session.draw(PICK_VARIANT);
                session.whenInterrupted(() -> session.exit(130));
            }
        } else if (plan.action() == Action.NONE) {
            session.plainInfo("Model already downloaded. To use, run: lms load "
                    + (plan.request().artifact() ? target : plan.modelKey()));
            if (choice) {
                session.plainInfo("If you wish to download a variant, run: lms get " + target + " --select");
            }
            session.exit(0);
        } else {
            machine.downloads().start(plan).ifPresent(job -> new GetProgress(machine.agenda(), session, job).start());
        }
    }

    private static Set<String> formats(Arguments arguments) {
        Set<String> formats = new HashSet<>();
        if (arguments.has("mlx")) {
            formats.add("safetensors");
        }
        if (arguments.has("gguf")) {
            formats.add("gguf");
        }
        return formats;
    }

    /** Without a terminal: ends with 1 when stdin ends, and waits for as long as it does not. */
    private static void pick(CliSession session) {
        session.draw(PICK_MODEL);
        session.readStdin(() -> session.exit(1));
    }

    private static void fail(CliSession session, String text) {
        session.error(text);
        session.exit(1);
    }
}
