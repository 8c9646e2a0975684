package dev.lmbridge.sim.machine;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A model that can be downloaded.
 *
 * @param artifact its key in LM Studio's own catalogue ({@code owner/name}), or null if it is on Hugging Face alone
 * @param staffPick whether {@code lms get} finds it by a word; only one with an artifact can be
 * @param files its quantizations and formats, the recommended one first
 */
public record HubModel(
        ModelType type,
        @Nullable String artifact,
        String displayName,
        String description,
        boolean staffPick,
        @Nullable String paramsString,
        String architecture,
        boolean vision,
        boolean trainedForToolUse,
        boolean reasoning,
        int maxContextLength,
        List<HubFile> files) {

    public HubModel {
        files = List.copyOf(files);
    }

    /** The key that it has in the catalogue, downloaded under its artifact or else from Hugging Face. */
    public String modelKey(boolean asArtifact) {
        if (asArtifact && artifact != null) {
            return artifact;
        }
        String plain = displayName.toLowerCase(Locale.ROOT).replace(' ', '-');
        return type == ModelType.EMBEDDING ? "text-embedding-" + plain : plain;
    }

    /** Those of its files that lie in this repository of Hugging Face. */
    HubModel only(String repository) {
        return with(files.stream()
                .filter(file -> file.repository().equalsIgnoreCase(repository))
                .toList());
    }

    HubModel with(List<HubFile> chosen) {
        return new HubModel(
                type,
                artifact,
                displayName,
                description,
                staffPick,
                paramsString,
                architecture,
                vision,
                trainedForToolUse,
                reasoning,
                maxContextLength,
                chosen);
    }

    /** The downloaded form of this file. */
    CatalogueModel downloaded(HubFile file, boolean asArtifact, String key) {
        Optional<String> variant = asArtifact ? Optional.of(variant(file)) : Optional.empty();
        String path = asArtifact ? key : file.path();
        return new CatalogueModel(
                type,
                key,
                file.format(),
                displayName,
                path.substring(0, path.indexOf('/')),
                path,
                file.sizeBytes(),
                paramsString,
                architecture,
                file.quantization(),
                variant.stream().toList(),
                variant.orElse(null),
                vision,
                trainedForToolUse,
                reasoning,
                maxContextLength);
    }

    /** The key of this file among the variants of the artifact. */
    String variant(HubFile file) {
        return artifact + "@" + file.quantization().name().toLowerCase(Locale.ROOT);
    }
}
