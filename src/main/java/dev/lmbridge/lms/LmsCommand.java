package dev.lmbridge.lms;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call of {@code lms}. Names are refused with an {@link IllegalArgumentException} when {@code lms} could take them for
 * something else: empty, blank, starting with a dash, with control characters, or longer than 1024 characters.
 */
public sealed interface LmsCommand {
    /**
     * The arguments, program name excluded. {@code --host} and {@code --port} are always there (but for the version): with them {@code lms} talks to
     * that machine only and never starts LM Studio by itself (lms 0.3.43).
     */
    List<String> arguments(String host, int port);

    /**
     * Loads one model; it always has a TTL and never asks.
     *
     * @param modelKey a key of {@code lms ls}, complete: {@code lms} would match a part of it with some other model
     * @param identifier the name the instance gets; it must be free
     * @param ttl idle time after which LM Studio drops the instance, at least one second; rounded up to whole seconds
     * @param contextLength tokens, at least 1; null leaves the model's default
     * @param gpu {@code off}, {@code max} or a number from 0 to 1; null lets LM Studio choose
     * @param parallel concurrent predictions, at least 1; null leaves the default. Unknown to an lms before 2026-01-29
     */
    record Load(
            String modelKey,
            String identifier,
            Duration ttl,
            @Nullable Integer contextLength,
            @Nullable String gpu,
            @Nullable Integer parallel)
            implements LmsCommand {
        public Load {
            Arguments.requireName("modelKey", modelKey);
            Arguments.requireIdentifier("identifier", identifier);
            Arguments.requireTtl(ttl);
            if (contextLength != null) {
                Arguments.requirePositive("contextLength", contextLength);
            }
            if (gpu != null) {
                Arguments.requireGpu(gpu);
            }
            if (parallel != null) {
                Arguments.requirePositive("parallel", parallel);
            }
        }

        @Override
        public List<String> arguments(String host, int port) {
            var arguments = new ArrayList<>(List.of("load", modelKey, "-y", "--identifier", identifier));
            arguments.addAll(List.of("--ttl", Long.toString(Arguments.wholeSeconds(ttl))));
            if (contextLength != null) {
                arguments.addAll(List.of("--context-length", contextLength.toString()));
            }
            if (gpu != null) {
                arguments.addAll(List.of("--gpu", gpu));
            }
            if (parallel != null) {
                arguments.addAll(List.of("--parallel", parallel.toString()));
            }
            return at(host, port, arguments);
        }
    }

    /** Unloads the instance of exactly this identifier, as {@code lms ps} lists it. There is no {@code --yes} here. */
    record Unload(String identifier) implements LmsCommand {
        public Unload {
            Arguments.requireIdentifier("identifier", identifier);
        }

        @Override
        public List<String> arguments(String host, int port) {
            return at(host, port, List.of("unload", identifier));
        }
    }

    /** Lists what is loaded, as JSON. */
    record Ps() implements LmsCommand {
        @Override
        public List<String> arguments(String host, int port) {
            return at(host, port, List.of("ps", "--json"));
        }
    }

    /** Lists what is downloaded, as JSON. */
    record Ls() implements LmsCommand {
        @Override
        public List<String> arguments(String host, int port) {
            return at(host, port, List.of("ls", "--json"));
        }
    }

    /**
     * Downloads one model; it never asks.
     *
     * @param model {@code owner/name}, {@code owner/name@quantization}, or the address of a model on Hugging Face. A name without a
     *     slash would be a search, of which {@code lms} takes the first result: refused
     */
    record Get(String model) implements LmsCommand {
        public Get {
            Arguments.requireName("model", model);
            if (model.indexOf('/') < 0) {
                throw new IllegalArgumentException("model must be owner/name: lms would search for it and take any.");
            }
        }

        @Override
        public List<String> arguments(String host, int port) {
            return at(host, port, List.of("get", model, "-y"));
        }
    }

    /** Tells which {@code lms} this is; talks to nobody. */
    record Version() implements LmsCommand {
        @Override
        public List<String> arguments(String host, int port) {
            return List.of("--version");
        }
    }

    /** Asks what a load would need, and loads nothing. Unknown to an lms before 2025-09. */
    record Estimate(
            String modelKey,
            @Nullable Integer contextLength,
            @Nullable String gpu) implements LmsCommand {
        public Estimate {
            Arguments.requireName("modelKey", modelKey);
            if (contextLength != null) {
                Arguments.requirePositive("contextLength", contextLength);
            }
            if (gpu != null) {
                Arguments.requireGpu(gpu);
            }
        }

        @Override
        public List<String> arguments(String host, int port) {
            var arguments = new ArrayList<>(List.of("load", modelKey, "-y", "--estimate-only"));
            if (contextLength != null) {
                arguments.addAll(List.of("--context-length", contextLength.toString()));
            }
            if (gpu != null) {
                arguments.addAll(List.of("--gpu", gpu));
            }
            return at(host, port, arguments);
        }
    }

    private static List<String> at(String host, int port, List<String> arguments) {
        var all = new ArrayList<>(arguments);
        all.addAll(List.of("--host", host, "--port", Integer.toString(port)));
        return List.copyOf(all);
    }
}
