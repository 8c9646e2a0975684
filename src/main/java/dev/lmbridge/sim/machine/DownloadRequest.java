package dev.lmbridge.sim.machine;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants to download.
 *
 * @param name {@code owner/name}: an artifact, or a repository of Hugging Face
 * @param formats those that are wanted; empty for all
 * @param fileName the file that is preferred, or null
 * @param quantization the quantization that is preferred, or null; one that does not exist is no error here
 */
public record DownloadRequest(
        String name,
        boolean artifact,
        Set<String> formats,
        @Nullable String fileName,
        @Nullable String quantization) {

    public DownloadRequest {
        formats = Set.copyOf(formats);
    }

    /** A model of LM Studio's own catalogue. */
    public static DownloadRequest artifact(String name) {
        return new DownloadRequest(name.toLowerCase(Locale.ROOT), true, Set.of(), null, null);
    }

    /** A repository of Hugging Face. */
    public static DownloadRequest repository(String name) {
        return new DownloadRequest(name, false, Set.of(), null, null);
    }

    public DownloadRequest withFormats(Set<String> wanted) {
        return new DownloadRequest(name, artifact, wanted, fileName, quantization);
    }

    public DownloadRequest preferring(@Nullable String file, @Nullable String quantizationName) {
        return new DownloadRequest(name, artifact, formats, file, quantizationName);
    }
}
