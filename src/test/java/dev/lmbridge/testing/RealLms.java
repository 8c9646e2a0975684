package dev.lmbridge.testing;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The genuine {@code lms}, bundled as one file for Node, where this machine has one: at {@code LM_BRIDGE_REAL_LMS}, else
 * where {@code real-lms.path} of the test resources says, seen from the checkout. It is never part of this project.
 */
public record RealLms(Path node, Path bundle) {

    /** Empty if it, or Node, is not here. */
    public static Optional<RealLms> find() {
        String named = System.getenv("LM_BRIDGE_REAL_LMS");
        Path bundle = named != null && !named.isBlank()
                ? Path.of(named)
                : Path.of(System.getProperty("lmbridge.root", "."))
                        .toAbsolutePath()
                        .resolve(usualPlace());
        if (!Files.isReadable(bundle)) {
            return Optional.empty();
        }
        return findNode().map(node -> new RealLms(node, bundle.normalize()));
    }

    private static String usualPlace() {
        try (InputStream in = Objects.requireNonNull(RealLms.class.getResourceAsStream("/real-lms.path"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The program and its arguments. */
    public List<String> command(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(node.toString(), bundle.toString()));
        command.addAll(arguments);
        return command;
    }

    /** Makes a folder the home of a user whose LM Studio has been started once: the real one wants a key file there. */
    public static Path home(Path folder) throws IOException {
        Path key = folder.resolve(".lmstudio/.internal/lms-key-2");
        Files.createDirectories(key.getParent());
        Files.writeString(key, "any text");
        return folder;
    }

    private static Optional<Path> findNode() {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Arrays.stream(path.split(File.pathSeparator, -1))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, "node"))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
