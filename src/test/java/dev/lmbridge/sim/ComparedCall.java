package dev.lmbridge.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.sim.LmsCall.Outcome;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A call that the stand-in and the genuine {@code lms} must answer alike, but for one allowed difference.
 *
 * @param before what happens before the call
 */
record ComparedCall(Consumer<Scene> before, @Nullable AllowedDifference difference, List<String> arguments) {
    private static final String SMALL = "llama-3.2-1b-instruct";

    /** In this order on an empty machine: what a call finds is what those before it have left. */
    static final List<ComparedCall> SCRIPT = List.of(
            same("ps", "--json"),
            same("ps"),
            same("ps", "--quiet"),
            same("ps", "--verbose"),
            same("ps", "--log-level", "warn"),
            same("ps", "--log-level", "loud"),
            same("ps", "--quiet", "--verbose"),
            same("ps", "--bogus"),
            same("ps", "--jsn"),
            same("ps", "x"),
            same("ls"),
            same("ls", "--llm"),
            same("ls", "--llm", "--embedding", "--json"),
            same("ls", "--embedding", "--json"),
            same("ls", "--detailed"),
            same("ls", "--variants"),
            same("ls", "--variants", "--json"),
            same("ls", "--variants", "--embedding"),
            same("ls", "qwen/qwen3-4b"),
            same("ls", "qwen/qwen3-4b", "--json"),
            same("ls", SMALL),
            same("ls", "qwen/qwen3-4b", "--variants", "--detailed"),
            same("ls", "nope", "--json", "--quiet"),
            same("ls", "a", "b"),
            same("unload"),
            same("unload", "--quiet"),
            same("load", SMALL, "-y", "--ttl", "5400", "-c", "8192", "--identifier", "mine"),
            same("load", SMALL, "-y", "--identifier", "mine"),
            same("load", SMALL, "-y", "--identifier", ""),
            same("load", SMALL, "-y", "--identifier", "__proto__"),
            same("load", "ll1b", "-y", "--ttl", "7200"),
            same("load", "nomic", "-y", "--quiet"),
            same("load", "", "-y", "--identifier", "recent"),
            same("load", "nomic", "-y", "--verbose", "--identifier", "recent-too"),
            same("load", "llama-3.3-70b-instruct", "-y", "--quiet"),
            same("load", "-y", "--estimate-only"),
            same("load", "qwen", "-y", "--parallel", "2", "--gpu", "max"),
            same("ps", "--json"),
            same("ps"),
            same("ls"),
            same("ls", "--variants"),
            after(scene -> scene.beginAnswer("mine"), "ps", "--json"),
            same("ps"),
            after(scene -> scene.endAnswer("mine"), "ps"),
            after(scene -> scene.use("llama-3.2-1b-instruct"), "ps", "--json"),
            same("unload", "recent"),
            same("unload", "recent-too"),
            same("unload", "nope"),
            same("unload", "nope", "--quiet"),
            same("unload", "a", "--yes"),
            same("unload", "--all", "x"),
            same("load", "nope", "-y"),
            same("load", "qwen/qwen3-4b@q8_0", "-y"),
            same("load", "nope", "--exact", "-y"),
            same("load", "--exact", "-y"),
            same("load", "--exact", "qwen/qwen3-4b", "-y", "--local", "--identifier", "by-path"),
            same("load", "qwen"),
            same("load"),
            same("load", "zzzz"),
            same("load", "qwen", "--estimate-only"),
            same("unload"),
            same("unload", "--verbose", "mine"),
            same("load", "l1b", "--identifier", "asked", "--no-speculative-draft-mtp"),
            same("load", "nomic", "-y", "--speculative-draft-mtp"),
            same("load", "nomic", "-y", "--no-speculative-draft-mtp", "--estimate-only"),
            same("load", SMALL, "-y", "--speculative-draft-mtp", "--speculative-draft-simple"),
            same("load", SMALL, "-y", "--speculative-draft-mtp", "--speculative-draft-model", "x"),
            same("load", SMALL, "-y", "--speculative-draft-model", "x"),
            same("load", SMALL, "-y", "--speculative-draft-model", ""),
            same("load", SMALL, "-y", "--speculative-draft-simple"),
            same("load", SMALL, "-y", "--speculative-draft-max-tokens", "4"),
            same("load", SMALL, "-y", "--speculative-draft-min-tokens", "-1"),
            same("load", SMALL, "-y", "--speculative-draft-min-continue-probability", "2"),
            same(
                    "load",
                    SMALL,
                    "-y",
                    "--speculative-draft-mtp",
                    "--speculative-draft-max-tokens",
                    "2",
                    "--speculative-draft-min-tokens",
                    "4"),
            same(
                    "load",
                    SMALL,
                    "-y",
                    "--speculative-draft-simple",
                    "--speculative-draft-model",
                    "qwen/qwen3-4b",
                    "--speculative-draft-max-tokens",
                    "8",
                    "--speculative-draft-min-tokens",
                    "1",
                    "--speculative-draft-min-continue-probability",
                    "0.5",
                    "--identifier",
                    "drafted"),
            same("load", "qwen2.5-7b-instruct", "-y", "--estimate-only", "-c", "10000", "--gpu", "0.5"),
            same("load", "qwen2.5-7b-instruct", "-y", "--estimate-only", "--gpu", "off"),
            same("load", "nomic", "-y", "--estimate-only", "--gpu", "0.333"),
            same("load", "llama-3.3-70b-instruct", "-y", "--estimate-only"),
            same("load", "x", "--ttl", "0"),
            same("load", "x", "--ttl", "abc"),
            same("load", "x", "--ttl", "Infinity"),
            same("load", "x", "--ttl", ""),
            same("load", "x", "--gpu", "auto"),
            same("load", "x", "--gpu", "2"),
            same("load", "x", "--parallel", "0"),
            same("load", "x", "-c", "1.5"),
            same("load", "a", "b"),
            same("load", "x", "--ttll", "5"),
            same("lode", "x"),
            same("nonsense"),
            same("ps", "--host", "http://x"),
            same("ps", "--host", "x:1"),
            same("ps", "--host", "127.0.0.1", "--port", "1"),
            same("ps", "--port", "70000"),
            same("unload", "--all"),
            same("unload", "--all", "--verbose"),
            same("unload", "--all"),
            same("get", "smollm2", "-y"),
            same("get", "smollm2", "-y"),
            same("get", "huggingfacetb/smollm2-135m-instruct@q8_0", "--quiet"),
            same("get", "smollm2-135m-instruct@q3_k", "-y"),
            same("get", "https://huggingface.co/second-state/All-MiniLM-L6-v2-Embedding-GGUF"),
            same("get", "https://huggingface.co/second-state/All-MiniLM-L6-v2-Embedding-GGUF"),
            same("get", "deepseek/deepseek-r1-0528-qwen3-8b", "--mlx"),
            same("get", "nobody/nothing", "-y"),
            same("get", "The_Bloke/no.thing_", "-y"),
            same("get", "zzzz"),
            but(AllowedDifference.DOWNLOADS_TO_CHOOSE_FROM, "get", "qwen"),
            same("get", "x", "--select"),
            same("get", "x", "--select", "-y"),
            same("get", "a@b@c"),
            same("get", "https://huggingface.co/nobody/nothing"),
            same("get", "https://lmstudio.ai/models"),
            same("ls"),
            same("ls", "--json"),
            same("load", "smollm2", "-y"),
            after(scene -> scene.fault("{\"kind\":\"load-lost\",\"times\":1}"), "load", SMALL, "-y"),
            after(scene -> scene.fault("{\"kind\":\"load-late\",\"times\":1,\"afterMs\":0}"), "load", SMALL, "-y"),
            after(
                    scene -> scene.fault("{\"kind\":\"instance-vanishes\",\"times\":1}"),
                    "load",
                    SMALL,
                    "-y",
                    "--identifier",
                    "brief"),
            after(
                    scene -> scene.fault("{\"kind\":\"instance-doubles\",\"times\":1}"),
                    "load",
                    SMALL,
                    "-y",
                    "--identifier",
                    "twin"),
            same("ps"),
            after(
                    scene -> scene.fault("{\"kind\":\"instance-context\",\"times\":1,\"tokens\":1024}"),
                    "load",
                    SMALL,
                    "-y",
                    "-c",
                    "8192",
                    "--identifier",
                    "small"),
            same("ps", "--json"),
            after(
                    scene -> scene.fault("{\"kind\":\"load-fails\",\"times\":1,\"text\":\"(Exit code: 6)\"}"),
                    "load",
                    SMALL,
                    "-y"),
            after(
                    scene -> scene.fault(
                            "{\"kind\":\"load-fails\",\"times\":1,\"text\":\"(Exit code: 6)\",\"wording\":\"suggestion\"}"),
                    "load",
                    SMALL,
                    "-y",
                    "--quiet"),
            after(
                    scene -> scene.fault("{\"kind\":\"load-memory\",\"times\":1,\"wording\":\"old\"}"),
                    "load",
                    SMALL,
                    "-y"),
            after(
                    scene -> scene.fault("{\"kind\":\"load-memory\",\"times\":1,\"wording\":\"nan\"}"),
                    "load",
                    SMALL,
                    "-y"),
            after(scene -> scene.fault("{\"kind\":\"load-silent\",\"times\":1,\"afterMs\":400}"), "load", SMALL, "-y"),
            after(scene -> scene.fault("{\"kind\":\"lms-row-vanishes\",\"times\":1}"), "ps", "--json"),
            after(scene -> scene.fault("{\"kind\":\"lms-idle\",\"command\":\"unload\",\"times\":1}"), "unload", "twin"),
            after(scene -> scene.fault("{\"kind\":\"load-crashes\",\"times\":1,\"afterMs\":0}"), "load", SMALL, "-y"),
            same("unload", "twin"),
            same("load", SMALL, "-y"),
            same("unload", "--verbose"),
            but(AllowedDifference.HELP_WITHOUT_EXPLANATIONS, "load", "--help"),
            but(AllowedDifference.HELP_WITHOUT_EXPLANATIONS, "ps", "-h"));

    /** Whether it must be told where the simulated LM Studio is; a call that names another place, or no command, must not. */
    boolean isPlaced() {
        return !arguments.contains("--host") && !arguments.contains("--port") && !arguments.contains("nonsense");
    }

    void check(Outcome real, Outcome ours) {
        if (difference == null) {
            assertThat(ours).isEqualTo(real);
        } else {
            difference.check(real, ours);
        }
    }

    private static ComparedCall same(String... arguments) {
        return new ComparedCall(scene -> {}, null, List.of(arguments));
    }

    private static ComparedCall but(AllowedDifference difference, String... arguments) {
        return new ComparedCall(scene -> {}, difference, List.of(arguments));
    }

    private static ComparedCall after(Consumer<Scene> before, String... arguments) {
        return new ComparedCall(before, null, List.of(arguments));
    }

    @Override
    public String toString() {
        return "lms " + String.join(" ", arguments);
    }
}
