package dev.lmbridge.lms;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;

/** Outcomes made of the recorded shapes in {@code src/test/resources/lms}. */
final class Samples {
    private Samples() {}

    static String text(String file) {
        return new String(bytes(file), StandardCharsets.UTF_8);
    }

    static byte[] bytes(String file) {
        try (InputStream in = Samples.class.getResourceAsStream("/lms/" + file)) {
            return Objects.requireNonNull(in, file).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static LmsOutcome printed(String stdout) {
        return exited(0, stdout, "");
    }

    static LmsOutcome failed(String stderr) {
        return exited(1, "", stderr);
    }

    static LmsOutcome exited(int code, String stdout, String stderr) {
        return ended(LmsOutcome.Ending.EXITED, code, stdout, stderr);
    }

    static LmsOutcome ended(LmsOutcome.Ending ending, int code, String stdout, String stderr) {
        return new LmsOutcome(ending, code, stdout, stderr, false, Duration.ofMillis(1500));
    }
}
