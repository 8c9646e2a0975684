package dev.lmbridge.sim.cli;

import dev.lmbridge.sim.machine.DownloadPlan;
import dev.lmbridge.sim.machine.DownloadPlan.Action;
import dev.lmbridge.sim.machine.DownloadRequest;
import dev.lmbridge.sim.machine.HubFile;
import java.util.List;
import java.util.stream.Collectors;

/** How {@code lms get} draws a plan on stdout, anew with every frame: without a terminal the frames stand below each other. */
final class PlanLines {
    private static final String NODE = "   ";
    private static final String CHILD = "   └─ ";

    private PlanLines() {}

    /** Nothing was asked yet. */
    static String pending(DownloadRequest request, int turn) {
        return frame(List.of(
                "",
                NODE + "⧗ " + (request.artifact() ? request.name() : "Concrete Model") + " - Pending...",
                "",
                resolving(turn)));
    }

    /** LM Studio looks it up. */
    static String fetching(DownloadRequest request, int turn) {
        String node = request.artifact()
                ? request.name() + " - Resolving..."
                : "Finding options based on your system... (0/1)";
        return frame(List.of("", NODE + Spinner.glyph(turn) + " " + node, "", resolving(turn)));
    }

    static String ready(DownloadPlan plan, boolean yes) {
        String model = model(plan);
        List<String> nodes =
                plan.request().artifact() ? List.of(NODE + artifact(plan), CHILD + model) : List.of(NODE + model);
        StringBuilder lines =
                new StringBuilder(frame(List.of(""))).append(frame(nodes)).append(frame(List.of("")));
        String size = Figures.decimal(plan.downloadBytes());
        switch (plan.action()) {
            case ATTACH -> lines.append(frame(List.of("This download is already in progress.")));
            case START ->
                lines.append(frame(List.of(
                        yes
                                ? "Resolution completed. Downloading " + size + "..."
                                : "About to download " + size + ".")));
            case NONE -> {}
        }
        return lines.toString();
    }

    private static String resolving(int turn) {
        return Spinner.glyph(turn + 5) + " Resolving download plan...";
    }

    private static String artifact(DownloadPlan plan) {
        return plan.action() == Action.NONE
                ? "✓ Satisfied " + plan.request().name()
                : "↓ To download: model " + plan.request().name() + " - "
                        + Figures.decimal(DownloadPlan.ARTIFACT_BYTES);
    }

    private static String model(DownloadPlan plan) {
        HubFile file =
                plan.selection().or(plan::owned).map(DownloadPlan.Option::file).orElseThrow();
        String name = plan.model().displayName() + " " + file.quantization().name()
                + (file.format().equals("gguf") ? " [GGUF]" : " [MLX]");
        return plan.action() == Action.NONE
                ? "✓ Satisfied " + name
                : "↓ To download: " + name + " - " + Figures.decimal(file.sizeBytes());
    }

    private static String frame(List<String> lines) {
        return lines.stream().map(line -> "\r" + line + "\u001b[0K\n").collect(Collectors.joining());
    }
}
