package dev.lmbridge.sim.machine;

import dev.lmbridge.sim.machine.CatalogueModel.Quantization;

/**
 * One thing to download: a GGUF file, or a whole repository of MLX files.
 *
 * @param repository {@code owner/name} on Hugging Face
 * @param name the file in the repository; empty for the whole repository
 * @param format {@code gguf} or {@code safetensors}, as {@code lms} names MLX
 */
public record HubFile(String repository, String name, String format, Quantization quantization, long sizeBytes) {

    /** Where it lies on disk, below the folder of the models. */
    public String path() {
        return name.isEmpty() ? repository : repository + "/" + name;
    }
}
