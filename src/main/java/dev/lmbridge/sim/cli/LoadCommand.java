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
import java.util.List;

/** {@code lms load}: always makes a new instance, and never asks whether one is there. */
final class LoadCommand implements CliCommand {
    private final SimMachine machine;
    private final ModelChoice choice;

    LoadCommand(SimMachine machine) {
        this.machine = machine;
        this.choice = new ModelChoice(machine);
    }

    @Override
    public String name() {
        return "load";
    }

    @Override
    public List<Option> options() {
        return List.of(
                Option.integer("--ttl <seconds>", 1),
                Option.ratio("--gpu <offload-ratio>"),
                Option.integer("-c, --context-length <length>", 1),
                Option.integer("--parallel <count>", 1),
                Option.text("--identifier <identifier>"),
                Option.flag("-y, --yes"),
                Option.flag("--exact"),
                Option.flag("--local"),
                Option.flag("--estimate-only"));
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
        choice.choose(arguments, session).ifPresent(model -> {
            if (arguments.has("estimate-only")) {
                estimate(model, arguments, session);
            } else {
                load(model, arguments, session);
            }
        });
    }

    private void load(CatalogueModel model, Arguments arguments, CliSession session) {
        LoadRequest request = LoadRequest.of(model.modelKey())
                .withIdentifier(arguments.text("identifier").orElse(null))
                .withTtl(arguments.integer("ttl").map(Duration::ofSeconds).orElse(null))
                .withContextLength(arguments.integer("context-length").orElse(null))
                .withParallel(arguments.integer("parallel").orElse(null));
        Spinner spinner = new Spinner(machine.agenda(), session, model.modelKey());
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

        @Override
        public void loaded(Instance instance) {
            choice.remember(model);
            spinner.stop();
            Duration took = Duration.between(began, machine.agenda().now());
            session.info("Model loaded successfully in " + Figures.elapsed(took) + ".");
            session.info("(" + Figures.binary(model.sizeBytes()) + ")");
            session.info("To use the model in the API/SDK, use the identifier \"" + instance.identifier() + "\".");
            session.exit(0);
        }

        @Override
        public void failed(Refusal refusal) {
            spinner.stop();
            session.serverError(refusal.title(), refusal.cause());
            session.exit(1);
        }
    }

    /** The exit code is 0 also when the model would not fit. */
    private void estimate(CatalogueModel model, Arguments arguments, CliSession session) {
        Integer context = arguments.integer("context-length").orElse(null);
        long total = machine.memoryNeeded(model, context);
        session.info("Model: " + model.modelKey());
        if (context != null) {
            session.info(String.format(java.util.Locale.ROOT, "Context Length: %,d", context));
        }
        arguments.text("gpu").ifPresent(gpu -> session.info("GPU Offload: " + percent(gpu) + "%"));
        session.info("Estimated GPU Memory:   " + Figures.binary(machine.gpuMemoryNeeded(model, context)));
        session.info("Estimated Total Memory: " + Figures.binary(total));
        session.info("");
        session.info("Estimate: This model "
                + (machine.fits(model, context) ? "may be loaded" : "will fail to load")
                + " based on your resource guardrails settings.");
        session.exit(0);
    }

    private static long percent(String gpu) {
        return switch (gpu) {
            case "off" -> 0;
            case "max" -> 100;
            default -> Math.round(Double.parseDouble(gpu) * 100);
        };
    }
}
