package dev.lmbridge.sim.machine;

import dev.lmbridge.sim.machine.CatalogueModel.Quantization;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The downloaded models, in the order of listing. */
public record Catalogue(List<CatalogueModel> models) {
    private static final Quantization Q4_K_M = new Quantization("Q4_K_M", 4);
    private static final Quantization Q8_0 = new Quantization("Q8_0", 8);

    public Catalogue {
        models = List.copyOf(models);
    }

    public Optional<CatalogueModel> byKey(String modelKey) {
        return models.stream()
                .filter(model -> model.modelKey().equals(modelKey))
                .findFirst();
    }

    /** The model with this key, or with this variant. */
    public Optional<CatalogueModel> byKeyOrVariant(String name) {
        return byKey(name)
                .or(() -> models.stream()
                        .filter(model -> model.variants().contains(name))
                        .findFirst());
    }

    public Optional<CatalogueModel> byPath(String path) {
        return models.stream().filter(model -> model.path().equals(path)).findFirst();
    }

    /** With one more model at the end. */
    Catalogue with(CatalogueModel added) {
        List<CatalogueModel> all = new ArrayList<>(models);
        all.add(added);
        return new Catalogue(all);
    }

    /** With another state of the model of this key. */
    Catalogue replace(CatalogueModel changed) {
        return new Catalogue(models.stream()
                .map(model -> model.modelKey().equals(changed.modelKey()) ? changed : model)
                .toList());
    }

    /** Chat, reasoning, vision, embedding, one in MLX format, and one that no memory budget of a laptop fits. */
    public static Catalogue standard() {
        return new Catalogue(List.of(
                community(
                        "qwen2.5-7b-instruct",
                        "Qwen2.5 7B Instruct",
                        "7B",
                        "qwen2",
                        Q4_K_M,
                        4_683_073_952L,
                        true,
                        32_768),
                community(
                        "qwen2.5-7b-instruct-1m",
                        "Qwen2.5 7B Instruct 1M",
                        "7B",
                        "qwen2",
                        Q4_K_M,
                        4_683_074_240L,
                        true,
                        1_010_000),
                community(
                        "llama-3.2-1b-instruct",
                        "Llama 3.2 1B Instruct",
                        "1B",
                        "llama",
                        Q8_0,
                        1_321_082_528L,
                        false,
                        131_072),
                hub(
                        "google/gemma-3-4b",
                        "Gemma 3 4B",
                        "4B",
                        "gemma3",
                        "gguf",
                        Q4_K_M,
                        3_341_211_104L,
                        true,
                        false,
                        false,
                        131_072,
                        "google/gemma-3-4b@q4_k_m",
                        "google/gemma-3-4b@q8_0"),
                hub(
                        "qwen/qwen3-4b",
                        "Qwen3 4B",
                        "4B",
                        "qwen3",
                        "safetensors",
                        new Quantization("4bit", 4),
                        2_279_021_568L,
                        false,
                        true,
                        false,
                        40_960,
                        "qwen/qwen3-4b@4bit",
                        "qwen/qwen3-4b@q8_0"),
                hub(
                        "deepseek/deepseek-r1-0528-qwen3-8b",
                        "DeepSeek R1 0528 Qwen3 8B",
                        "8B",
                        "qwen3",
                        "gguf",
                        Q4_K_M,
                        5_027_784_512L,
                        false,
                        true,
                        true,
                        131_072,
                        "deepseek/deepseek-r1-0528-qwen3-8b@q4_k_m"),
                community(
                        "llama-3.3-70b-instruct",
                        "Llama 3.3 70B Instruct",
                        "70B",
                        "llama",
                        Q4_K_M,
                        42_520_395_584L,
                        true,
                        131_072),
                new CatalogueModel(
                        ModelType.EMBEDDING,
                        "text-embedding-nomic-embed-text-v1.5",
                        "gguf",
                        "Nomic Embed Text v1.5",
                        "nomic-ai",
                        "nomic-ai/nomic-embed-text-v1.5-GGUF/nomic-embed-text-v1.5.Q4_K_M.gguf",
                        84_106_624L,
                        null,
                        "nomic-bert",
                        Q4_K_M,
                        List.of(),
                        null,
                        false,
                        false,
                        false,
                        2048)));
    }

    private static CatalogueModel community(
            String key,
            String name,
            String params,
            String arch,
            Quantization quantization,
            long size,
            boolean tools,
            int context) {
        String file = name.replace(' ', '-');
        return new CatalogueModel(
                ModelType.LLM,
                key,
                "gguf",
                name,
                "lmstudio-community",
                "lmstudio-community/" + file + "-GGUF/" + file + "-" + quantization.name() + ".gguf",
                size,
                params,
                arch,
                quantization,
                List.of(),
                null,
                false,
                tools,
                false,
                context);
    }

    private static CatalogueModel hub(
            String key,
            String name,
            String params,
            String arch,
            String format,
            Quantization quantization,
            long size,
            boolean vision,
            boolean tools,
            boolean reasoning,
            int context,
            String... variants) {
        return new CatalogueModel(
                ModelType.LLM,
                key,
                format,
                name,
                key.substring(0, key.indexOf('/')),
                key,
                size,
                params,
                arch,
                quantization,
                List.of(variants),
                variants[0],
                vision,
                tools,
                reasoning,
                context);
    }
}
