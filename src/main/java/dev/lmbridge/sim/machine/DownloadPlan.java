package dev.lmbridge.sim.machine;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a download would do: the files to choose from, and the chosen one.
 *
 * @param modelKey the key that the model has, or will have, in the catalogue
 * @param options the files in the order of choosing; the first is the recommended one
 * @param selected index of the chosen file, or null for what is there already
 * @param version number of the choice, as its client counts
 */
public record DownloadPlan(
        DownloadRequest request,
        HubModel model,
        String modelKey,
        List<Option> options,
        @Nullable Integer selected,
        int version) {

    /** Bytes of the description of an artifact, without the model that it stands for. */
    public static final long ARTIFACT_BYTES = 2_048;

    public DownloadPlan {
        options = List.copyOf(options);
    }

    /** Where a file is. */
    public enum Availability {
        NOT_DOWNLOADED("notDownloaded"),
        DOWNLOADING("downloading"),
        DOWNLOADED("downloaded");

        private final String wireName;

        Availability(String wireName) {
            this.wireName = wireName;
        }

        public String wireName() {
            return wireName;
        }
    }

    /** What happens when the plan is carried out. */
    public enum Action {
        NONE("none"),
        START("startNewDownload"),
        ATTACH("attachToExistingDownload");

        private final String wireName;

        Action(String wireName) {
            this.wireName = wireName;
        }

        public String wireName() {
            return wireName;
        }
    }

    /**
     * A file that can be chosen.
     *
     * @param fits whether the memory of the machine holds it
     */
    public record Option(HubFile file, Availability availability, boolean fits) {}

    /** The chosen file, or empty when what is there already is chosen. */
    public Optional<Option> selection() {
        return selected == null ? Optional.empty() : Optional.of(options.get(selected));
    }

    /** What is there already, and would be used if nothing else were chosen. */
    public Optional<Option> owned() {
        return options.stream()
                .filter(option -> option.availability() == Availability.DOWNLOADED)
                .findFirst();
    }

    public Action action() {
        return selection()
                .map(option -> switch (option.availability()) {
                    case NOT_DOWNLOADED -> Action.START;
                    case DOWNLOADING -> Action.ATTACH;
                    case DOWNLOADED -> Action.NONE;
                })
                .orElse(Action.NONE);
    }

    /** Bytes that it will fetch. */
    public long downloadBytes() {
        return action() == Action.NONE
                ? 0
                : selection().map(option -> option.file().sizeBytes()).orElse(0L);
    }

    /** Whether the chosen file, or the one that is there, has this quantization. */
    public boolean hasPreselected(String quantization) {
        return selection()
                .or(this::owned)
                .filter(option -> option.file().quantization().name().equalsIgnoreCase(quantization))
                .isPresent();
    }

    /** The same plan with another choice; empty if there is no such choice. */
    public Optional<DownloadPlan> select(@Nullable Integer index, int newVersion) {
        boolean possible = index == null ? owned().isPresent() : index >= 0 && index < options.size();
        return possible
                ? Optional.of(new DownloadPlan(request, model, modelKey, options, index, newVersion))
                : Optional.empty();
    }
}
