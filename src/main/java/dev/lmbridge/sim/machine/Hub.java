package dev.lmbridge.sim.machine;

import dev.lmbridge.sim.machine.CatalogueModel.Quantization;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What there is to download: LM Studio's own catalogue and a few repositories of Hugging Face. */
public record Hub(List<HubModel> models) {
    public Hub {
        models = List.copyOf(models);
    }

    public Optional<HubModel> byArtifact(String artifact) {
        return models.stream()
                .filter(model -> artifact.equals(model.artifact()))
                .findFirst();
    }

    /** The model with those of its files that are in this repository; Hugging Face does not distinguish case. */
    public Optional<HubModel> byRepository(String repository) {
        return models.stream()
                .map(model -> model.only(repository))
                .filter(model -> !model.files().isEmpty())
                .findFirst();
    }

    /**
     * The staff picks whose name has each word of the term, an exact name first.
     *
     * @param formats those that are wanted; empty for all
     */
    public List<HubModel> staffPicks(String term, Set<String> formats) {
        String[] words = term.toLowerCase(Locale.ROOT).strip().split("\\s+", -1);
        return models.stream()
                .filter(HubModel::staffPick)
                .filter(model ->
                        formats.isEmpty() || model.files().stream().anyMatch(file -> formats.contains(file.format())))
                .filter(model -> Arrays.stream(words)
                        .allMatch(word -> model.modelKey(true).contains(word)))
                .sorted(Comparator.comparing(model -> !isExactly(model, term)))
                .toList();
    }

    /** Whether the term is the name of the model, with or without its owner. */
    public static boolean isExactly(HubModel model, String term) {
        String key = model.modelKey(true);
        String wanted = term.strip();
        return key.equalsIgnoreCase(wanted)
                || key.substring(key.indexOf('/') + 1).equalsIgnoreCase(wanted);
    }

    /** New ones to download, further variants of downloaded ones, and one that no laptop can hold. */
    public static Hub standard() {
        HubModel smol = llm("huggingfacetb/smollm2-135m-instruct", "SmolLM2 135M Instruct", "135M", "llama", 8_192)
                .with(List.of(
                        gguf("lmstudio-community/SmolLM2-135M-Instruct-GGUF", "Q4_K_M", 4, 105_454_432L),
                        gguf("lmstudio-community/SmolLM2-135M-Instruct-GGUF", "Q8_0", 8, 144_811_360L),
                        mlx("mlx-community/SmolLM2-135M-Instruct-4bit", 4, 75_788_452L)));
        HubModel qwen = llm("qwen/qwen3-1.7b", "Qwen3 1.7B", "1.7B", "qwen3", 40_960)
                .with(List.of(
                        gguf("lmstudio-community/Qwen3-1.7B-GGUF", "Q4_K_M", 4, 1_107_409_472L),
                        gguf("lmstudio-community/Qwen3-1.7B-GGUF", "Q8_0", 8, 1_834_426_016L),
                        mlx("lmstudio-community/Qwen3-1.7B-MLX-4bit", 4, 968_080_210L)));
        HubModel vision = llm("qwen/qwen2-vl-2b", "Qwen2 VL 2B Instruct", "2B", "qwen2vl", 32_768)
                .with(List.of(gguf("lmstudio-community/Qwen2-VL-2B-Instruct-GGUF", "Q4_K_M", 4, 986_047_744L)));
        HubModel gemma = llm("google/gemma-3-4b", "Gemma 3 4B", "4B", "gemma3", 131_072)
                .with(List.of(
                        gguf("lmstudio-community/gemma-3-4b-it-GGUF", "Q4_K_M", 4, 3_341_211_104L),
                        gguf("lmstudio-community/gemma-3-4b-it-GGUF", "Q8_0", 8, 4_981_310_688L),
                        mlx("mlx-community/gemma-3-4b-it-4bit", 4, 3_407_886_121L)));
        HubModel qwen4 = llm("qwen/qwen3-4b", "Qwen3 4B", "4B", "qwen3", 40_960)
                .with(List.of(
                        mlx("lmstudio-community/Qwen3-4B-MLX-4bit", 4, 2_279_021_568L),
                        gguf("lmstudio-community/Qwen3-4B-GGUF", "Q8_0", 8, 4_280_404_704L)));
        HubModel deepseek = llm(
                        "deepseek/deepseek-r1-0528-qwen3-8b", "DeepSeek R1 0528 Qwen3 8B", "8B", "qwen3", 131_072)
                .with(List.of(gguf("lmstudio-community/DeepSeek-R1-0528-Qwen3-8B-GGUF", "Q4_K_M", 4, 5_027_784_512L)));
        HubModel large = llm("openai/gpt-oss-120b", "gpt-oss 120B", "120B", "gpt-oss", 131_072)
                .with(List.of(gguf("lmstudio-community/gpt-oss-120b-GGUF", "MXFP4", 4, 63_387_346_464L)));
        HubModel llama = new HubModel(
                ModelType.LLM,
                null,
                "Llama 3.2 1B Instruct",
                "",
                false,
                "1B",
                "llama",
                false,
                false,
                false,
                131_072,
                List.of(
                        gguf("lmstudio-community/Llama-3.2-1B-Instruct-GGUF", "Q4_K_M", 4, 807_694_464L),
                        gguf("lmstudio-community/Llama-3.2-1B-Instruct-GGUF", "Q8_0", 8, 1_321_082_528L)));
        HubModel embedding = new HubModel(
                ModelType.EMBEDDING,
                null,
                "All MiniLM L6 v2 Embedding",
                "",
                false,
                null,
                "bert",
                false,
                false,
                false,
                512,
                List.of(gguf("second-state/All-MiniLM-L6-v2-Embedding-GGUF", "Q8_0", 8, 25_016_000L)));
        return new Hub(List.of(smol, qwen, vision, gemma, qwen4, deepseek, large, llama, embedding));
    }

    /** A staff pick without files yet. What it can do follows from its architecture. */
    private static HubModel llm(String artifact, String name, String params, String architecture, int context) {
        return new HubModel(
                ModelType.LLM,
                artifact,
                name,
                "Simulated: its answers follow fixed rules.",
                true,
                params,
                architecture,
                architecture.equals("qwen2vl") || architecture.equals("gemma3"),
                !architecture.equals("llama"),
                architecture.equals("gpt-oss") || artifact.contains("deepseek"),
                context,
                List.of());
    }

    private static HubFile gguf(String repository, String quantization, int bits, long size) {
        String stem = repository.substring(repository.indexOf('/') + 1).replaceFirst("-GGUF$", "");
        return new HubFile(
                repository, stem + "-" + quantization + ".gguf", "gguf", new Quantization(quantization, bits), size);
    }

    private static HubFile mlx(String repository, int bits, long size) {
        return new HubFile(repository, "", "safetensors", new Quantization(bits + "bit", bits), size);
    }
}
