package dev.lmbridge.sim.ws;

import java.util.Locale;
import java.util.Optional;

/** The parts of the private API; each has a path, and a client opens one socket per part that it needs. */
enum Namespace {
    LLM,
    EMBEDDING,
    SYSTEM,
    REPOSITORY,
    DIAGNOSTICS,
    FILES,
    PLUGINS,
    RUNTIME;

    /** The part behind a request path such as {@code /llm}. */
    static Optional<Namespace> ofPath(String path) {
        for (Namespace namespace : values()) {
            if (path.equals("/" + namespace.word())) {
                return Optional.of(namespace);
            }
        }
        return Optional.empty();
    }

    /** The name on the wire. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
