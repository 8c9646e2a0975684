package dev.lmbridge.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.sim.LmsCall.Outcome;
import java.util.List;

/** A call that the stand-in and the genuine {@code lms} must answer alike, but for one known difference. */
record ComparedCall(Difference difference, List<String> arguments) {

    /** The differences that are allowed, each with its reason. A difference that has gone must leave this list. */
    enum Difference {
        NONE {
            @Override
            void check(String call, Outcome real, Outcome ours) {
                assertThat(ours).as(call).isEqualTo(real);
            }
        },
        /** The picker draws and erases its list on stderr, for a person; a driver sees its end alone. */
        PICKER_DRAWING {
            @Override
            void check(String call, Outcome real, Outcome ours) {
                assertThat(ours.code()).as(call).isEqualTo(real.code());
                assertThat(ours.out()).as(call).isEqualTo(real.out());
                assertThat(ours.err()).as(call).isNotEqualTo(real.err());
                assertThat(ours.err()).as(call).contains("Select a model");
                assertThat(real.err()).as(call).contains("Select a model");
            }
        },
        /** Speculative decoding is not simulated: its options are refused as unknown, with the same exit code. */
        NO_SPECULATIVE_OPTIONS {
            @Override
            void check(String call, Outcome real, Outcome ours) {
                assertThat(ours.code()).as(call).isEqualTo(real.code());
                assertThat(ours.err()).as(call).startsWith("error: unknown option '--speculative");
                assertThat(real.err()).as(call).doesNotContain("unknown option");
            }
        };

        abstract void check(String call, Outcome real, Outcome ours);
    }

    /** In this order on an empty machine: what a call finds is what those before it have left. */
    static final List<ComparedCall> SCRIPT = List.of(
            same("ps", "--json"),
            same("ps"),
            same("ls"),
            same("ls", "--json"),
            same("ls", "--embedding", "--json"),
            same("ls", "--variants"),
            same("ls", "--variants", "--json"),
            same("ls", "qwen/qwen3-4b"),
            same("ls", "nope", "--json"),
            same("load", "llama-3.2-1b-instruct", "-y", "--ttl", "30", "-c", "8192", "--identifier", "mine"),
            same("load", "llama-3.2-1b-instruct", "-y", "--identifier", "mine"),
            same("load", "ll1b", "-y", "--ttl", "7200"),
            same("load", "text-embedding-nomic-embed-text-v1.5", "-y", "--quiet"),
            same("load", "llama-3.3-70b-instruct", "-y"),
            same("load", "qwen", "-y"),
            same("ps", "--json"),
            same("ps"),
            same("ls"),
            same("load", "nope", "-y"),
            same("load", "qwen/qwen3-4b@q8_0", "-y"),
            same("load", "nope", "--exact", "-y"),
            same("load", "--exact", "-y"),
            but(Difference.PICKER_DRAWING, "load", "qwen"),
            but(Difference.PICKER_DRAWING, "load"),
            but(Difference.NO_SPECULATIVE_OPTIONS, "load", "nomic", "-y", "--speculative-draft-mtp"),
            same("load", "qwen2.5-7b-instruct", "-y", "--estimate-only", "-c", "10000", "--gpu", "0.5"),
            same("load", "x", "--ttl", "0"),
            same("load", "x", "--gpu", "auto"),
            same("load", "a", "b"),
            same("ps", "--bogus"),
            same("ps", "--quiet", "--verbose"),
            but(Difference.PICKER_DRAWING, "unload"),
            same("unload", "nope"),
            same("unload", "mine"),
            same("unload", "a", "--yes"),
            same("unload", "--all", "x"),
            same("unload", "--all"),
            same("unload", "--all"),
            same("unload"),
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
            but(Difference.PICKER_DRAWING, "get", "qwen"),
            same("get", "x", "--select"),
            same("get", "x", "--select", "-y"),
            same("get", "a@b@c"),
            same("get", "https://huggingface.co/nobody/nothing"),
            same("get", "https://lmstudio.ai/models"),
            same("ls"),
            same("ls", "--json"),
            same("load", "smollm2", "-y"));

    String[] words() {
        return arguments.toArray(String[]::new);
    }

    private static ComparedCall same(String... arguments) {
        return but(Difference.NONE, arguments);
    }

    private static ComparedCall but(Difference difference, String... arguments) {
        return new ComparedCall(difference, List.of(arguments));
    }

    @Override
    public String toString() {
        return "lms " + String.join(" ", arguments);
    }
}
