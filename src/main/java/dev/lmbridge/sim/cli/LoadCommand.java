package dev.lmbridge.sim.cli;

import dev.lmbridge.sim.machine.CatalogueModel;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.LoadJob;
import dev.lmbridge.sim.machine.LoadListener;
import dev.lmbridge.sim.machine.LoadRequest;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.SimMachine;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code lms load}: always makes a new instance, and never asks whether one is there. */
final class LoadCommand implements CliCommand {
    private final SimMachine machine;
    private final OldLms old;
    private final ModelChoice choice;

    LoadCommand(SimMachine machine, OldLms old) {
        this.machine = machine;
        this.old = old;
        this.choice = new ModelChoice(machine);
    }

    @Override
    public String name() {
        return "load";
    }

    @Override
    public List<Option> options() {
        List<Option> all = new ArrayList<>(List.of(
                Option.ratio("--gpu <offload-ratio>"),
                Option.integer("-c, --context-length <length>", 1),
                Option.integer("--parallel <count>", 1),
                Option.integer("--ttl <seconds>", 1),
                Option.flag("--exact").hide(),
                Option.flag("--local").hide(),
                Option.text("--identifier <identifier>"),
                Option.flag("--estimate-only"),
                Option.flag("-y, --yes")));
        all.addAll(SpeculativeOptions.OPTIONS);
        return all;
    }

    @Override
    public int mostNames() {
        return 1;
    }

    @Override
    public void run(Arguments arguments, CliSession session) {
        chosen(arguments, session).ifPresent(model -> {
            if (arguments.has("estimate-only")) {
                estimate(model, arguments, session);
            } else {
                load(model, arguments, session);
            }
        });
    }

    /** The three lines, with the identifier that the instance would have had. */
    @Override
    public void pretend(Arguments arguments, CliSession session) {
        chosen(arguments, session).ifPresent(model -> {
            String identifier = arguments.text("identifier").orElseGet(() -> machine.freeIdentifier(model.modelKey()));
            session.out(Spinner.CLEARED);
            succeeded(session, Duration.ofMillis(400), model, identifier);
        });
    }

    private Optional<CatalogueModel> chosen(Arguments arguments, CliSession session) {
        String problem = SpeculativeOptions.problem(arguments);
        if (problem != null) {
            session.uncaught(problem);
            return Optional.empty();
        }
        Optional<CatalogueModel> model = choice.choose(arguments, session);
        if (model.isPresent() && model.get().isEmbedding() && SpeculativeOptions.any(arguments)) {
            session.titled("Unsupported load option", "Speculative decoding can only be configured for LLM models.");
            session.exit(1);
            return Optional.empty();
        }
        return model;
    }

    private void load(CatalogueModel model, Arguments arguments, CliSession session) {
        LoadRequest request = LoadRequest.of(model.modelKey())
                .withIdentifier(arguments.text("identifier").orElse(null))
                .withTtl(arguments.integer("ttl").map(Duration::ofSeconds).orElse(null))
                .withContextLength(arguments.integer("context-length").orElse(null))
                .withParallel(arguments.integer("parallel").orElse(null))
                .withGpu(share(model, arguments));
        session.debug("Identifier: " + arguments.text("identifier").orElse("undefined"));
        session.debug("Config: { contextLength: "
                + arguments.text("context-length").orElse("undefined") + ", maxParallelPredictions: "
                + arguments.text("parallel").orElse("undefined") + " }");
        Spinner spinner = new Spinner(machine.agenda(), session, model.modelKey(), !old.isOn());
        LoadJob job = machine.load(
                request, new Report(model, session, spinner, machine.agenda().now()));
        spinner.start();
        session.whenInterrupted(() -> {
            job.cancel();
            spinner.stop();
            session.warn("Load cancelled.");
            session.exit(1);
        });
        session.whenGone(() -> {
            spinner.pause();
            if (machine.settings().engine().abortAbandonedLoads()) {
                job.cancel();
            }
        });
    }

    private static void succeeded(CliSession session, Duration took, CatalogueModel model, String identifier) {
        session.info("Model loaded successfully in " + Figures.elapsed(took) + ".\n("
                + Figures.binary(model.sizeBytes()) + ")");
        session.info("To use the model in the API/SDK, use the identifier \"" + identifier + "\".");
        session.exit(0);
    }

    private final class Report implements LoadListener {
        private final CatalogueModel model;
        private final CliSession session;
        private final Spinner spinner;
        private final Instant began;

        Report(CatalogueModel model, CliSession session, Spinner spinner, Instant began) {
            this.model = model;
            this.session = session;
            this.spinner = spinner;
            this.began = began;
        }

        @Override
        public void progress(double fraction) {
            spinner.progress(fraction);
        }

        /** The instance is asked for once more, which fails if it is gone by then. */
        @Override
        public void loaded(Instance instance) {
            spinner.stop();
            Duration took = Duration.between(began, machine.agenda().now());
            machine.agenda().soon(() -> {
                if (machine.byReference(instance.reference()).isPresent()) {
                    succeeded(session, took, model, instance.identifier());
                } else {
                    session.uncaught("This model has already been unloaded");
                }
            });
        }

        @Override
        public void failed(Refusal refusal) {
            spinner.stop();
            session.refused(refusal);
        }
    }

    /** What {@code lms} asks for: it checks and prints the share of an embedding model as well, but does not send it. */
    private static @Nullable Double share(CatalogueModel model, Arguments arguments) {
        return model.isEmbedding()
                ? null
                : arguments.text("gpu").map(Option::ratioOf).orElse(null);
    }

    /** The exit code is 0 also when the model would not fit. */
    private void estimate(CatalogueModel model, Arguments arguments, CliSession session) {
        Integer context = arguments.integer("context-length").orElse(null);
        long total = machine.memoryNeeded(model, context);
        session.info("Model: " + model.modelKey());
        if (context != null) {
            session.info(String.format(java.util.Locale.ROOT, "Context Length: %,d", context));
        }
        Double gpu = arguments.text("gpu").map(Option::ratioOf).orElse(null);
        if (gpu != null) {
            session.info("GPU Offload: " + Figures.plain(gpu * 100) + "%");
        }
        session.info("Estimated GPU Memory:   "
                + Figures.binary(machine.gpuMemoryNeeded(model, context, share(model, arguments))));
        session.info("Estimated Total Memory: " + Figures.binary(total));
        session.info("");
        session.info("Estimate: This model "
                + (machine.fits(model, context) ? "may be loaded" : "will fail to load")
                + " based on your resource guardrails settings.");
        session.exit(0);
    }
}
