package dev.lmbridge.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Runs programs to their end, in an environment that holds nothing but what the test gives. */
public final class Programs {
    private static final long END_WITHIN_SECONDS = 60;

    private Programs() {}

    /** How a program ended, and what it wrote. */
    public record Result(int code, String out, String err) {}

    /** Runs a program with nothing on its input; one that does not end within a minute is killed and is an error. */
    public static Result run(Path folder, Map<String, String> environment, List<String> command) {
        try {
            Path out = Files.createTempFile(folder, "run", ".out");
            Path err = Files.createTempFile(folder, "run", ".err");
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().clear();
            builder.environment().put("PATH", pathWithoutLms());
            builder.environment().putAll(environment);
            Process process = builder.start();
            if (!process.waitFor(END_WITHIN_SECONDS, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new AssertionError(command + " did not end; it wrote: " + text(out) + text(err));
            }
            return new Result(process.exitValue(), text(out), text(err));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a program ran", e);
        }
    }

    /** This process's PATH without the folders that hold an {@code lms}. */
    public static String pathWithoutLms() {
        return Arrays.stream(
                        System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(File.pathSeparator, -1))
                .filter(folder -> !folder.isBlank() && !Files.exists(Path.of(folder, "lms")))
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Whether there is such a program on the PATH. */
    public static boolean isInstalled(String name) {
        return Arrays.stream(pathWithoutLms().split(File.pathSeparator, -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }
}
