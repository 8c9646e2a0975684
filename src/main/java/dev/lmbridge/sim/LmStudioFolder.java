package dev.lmbridge.sim;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What LM Studio keeps for {@code lms} in {@code .lmstudio/.internal} of its user's home: where it is found, the key to it, and how its
 * HTTP server was started last. A folder that the simulation has not made itself is left alone: it may be the one of a real LM Studio.
 */
final class LmStudioFolder {
    private static final Logger log = LoggerFactory.getLogger(LmStudioFolder.class);

    private final @Nullable Path internal;

    private LmStudioFolder(@Nullable Path internal) {
        this.internal = internal;
    }

    static LmStudioFolder in(Path home) throws IOException {
        Path folder = home.resolve(".lmstudio");
        Path mark = folder.resolve("made-by-lm-bridge-sim");
        if (Files.exists(folder) && !Files.exists(mark)) {
            log.atWarn()
                    .addKeyValue("folder", folder)
                    .log("this folder is not the simulation's and is left alone; lms will not find it by its home");
            return new LmStudioFolder(null);
        }
        Path internal = Files.createDirectories(folder.resolve(".internal"));
        Files.writeString(mark, "");
        // A server that was started by an earlier simulation says nothing about this one.
        Files.deleteIfExists(internal.resolve("http-server-config.json"));
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        Files.writeString(internal.resolve("lms-key-2"), HexFormat.of().formatHex(random));
        return new LmStudioFolder(internal);
    }

    /** Where the private API is found. */
    void privatePort(int port) {
        write("http-server.json", JsonNodeFactory.instance.objectNode().put("port", port));
    }

    /** How the HTTP server was started last; without this file it never was. */
    void httpServer(int port, String networkInterface) {
        write(
                "http-server-config.json",
                JsonNodeFactory.instance.objectNode().put("port", port).put("networkInterface", networkInterface));
    }

    /** In one step: {@code lms} may read it at any moment. */
    private void write(String name, ObjectNode content) {
        if (internal == null) {
            return;
        }
        try {
            Path next = Files.writeString(internal.resolve(name + ".next"), content.toString());
            Files.move(next, internal.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            log.atWarn().addKeyValue("file", name).setCause(e).log("could not be written");
        }
    }
}
