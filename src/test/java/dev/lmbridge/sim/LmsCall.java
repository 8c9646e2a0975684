package dev.lmbridge.sim;

import dev.lmbridge.testing.Waiting;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** One process of {@code lms}, real or stand-in: nothing on its standard input, its streams apart, and a deadline. */
final class LmsCall {
    private static final int DEADLINE_SECONDS = 60;
    private static final Pattern FRAMES = Pattern.compile("(?:\u001b\\[\\?25l\rLoading (\\S+)[^\u001b\r]*)+");

    private static final Pattern PLAN_FRAMES = Pattern.compile(
            "(?:\r\u001b\\[0K\n\r   [^\n]*\n\r\u001b\\[0K\n\r. Resolving download plan\\.\\.\\.\u001b\\[0K\n)+");
    private static final Pattern BAR_FRAMES =
            Pattern.compile("(?:\u001b\\[\\?25l\u001b\\[s(?:\u001b\\[2K)?\r. \\[[^\\]]*\\] [^\u001b]*\u001b\\[u)+");

    private final Process process;
    private final Path err;

    private LmsCall(Process process, Path err) {
        this.process = process;
        this.err = err;
    }

    /** What a call left behind. */
    record Outcome(int code, String out, String err) {
        /**
         * Without what differs from run to run: how often a spinner, plan or bar was drawn, how long a load took, when an instance was
         * used, and the port. A load that fails at once may or may not have drawn the spinner. Nor does it matter where in its own code
         * the real one failed.
         */
        Outcome comparable(int port) {
            String spinner = code == 0 ? "<spinner of $1>" : "";
            String drawn = FRAMES.matcher(out).replaceAll(spinner);
            drawn = PLAN_FRAMES.matcher(drawn).replaceAll("<resolving>");
            drawn = BAR_FRAMES.matcher(drawn).replaceAll(code == 0 ? "<bar>" : "");
            return new Outcome(
                    code,
                    drawn.replaceAll("\"lastUsedTime\":\\d+", "\"lastUsedTime\":<time>"),
                    err.replaceAll("successfully in [0-9.hms ]+\\.", "successfully in <time>.")
                            .replaceAll("(?m)^    at .*\\R", "")
                            .replaceAll("\\b" + port + "\\b", "<port>"));
        }
    }

    static LmsCall start(List<String> command, Path home, Map<String, String> more) throws IOException {
        Path err = Files.createTempFile(home, "stderr", ".txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(home.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectError(err.toFile());
        Map<String, String> environment = builder.environment();
        environment
                .keySet()
                .removeIf(name -> name.startsWith("LMS_") || name.startsWith("LM_") || name.equals("FORCE_COLOR"));
        environment.put("HOME", home.toString());
        environment.put("LMS_FORCE_PROD", "1");
        environment.putAll(more);
        return new LmsCall(builder.start(), err);
    }

    static Outcome run(List<String> command, Path home, Map<String, String> more) throws IOException {
        return start(command, home, more).outcome("");
    }

    /** Waits until the call has shown how far a load is. */
    String readUntilProgress() {
        return within(() -> {
            StringBuilder seen = new StringBuilder();
            InputStream out = process.getInputStream();
            for (int next = out.read(); next >= 0; next = out.read()) {
                seen.append((char) next);
                if (next == '%') {
                    return seen.toString();
                }
            }
            throw new AssertionError("the call ended before it showed progress: " + seen);
        });
    }

    /** Waits until the call has written this on its standard error. */
    void awaitOnStderr(String text) {
        Waiting.until("stderr has " + text, () -> {
            try {
                return Files.readString(err).contains(text);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    /** Waits until the call has written this on standard error; gives all that it wrote there. */
    String readErrorUntil(String end) {
        return within(() -> {
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(DEADLINE_SECONDS);
            while (System.nanoTime() < until) {
                String seen = Files.readString(err);
                if (seen.endsWith(end)) {
                    return seen;
                }
                if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
                    throw new AssertionError("the call ended with " + process.exitValue() + ": " + seen);
                }
            }
            throw new AssertionError("the call did not write it: " + Files.readString(err));
        });
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /** Whether there is something to read on its standard output. */
    boolean hasPrinted() {
        try {
            return process.getInputStream().available() > 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void interrupt() throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start();
        if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
            throw new AssertionError("kill -INT did not work");
        }
    }

    /** Sends SIGTERM; unlike {@link Process#destroy} it leaves the streams open. */
    void terminate() {
        process.toHandle().destroy();
    }

    /**
     * The end of the call.
     *
     * @param read what was read of its output before
     */
    Outcome outcome(String read) throws IOException {
        String out = within(() -> new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        int code = within(process::waitFor);
        return new Outcome(code, read + out, Files.readString(err));
    }

    private <T> T within(java.util.concurrent.Callable<T> action) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                result.complete(action.call());
            } catch (Exception | AssertionError failure) {
                result.completeExceptionally(failure);
            }
        });
        try {
            return result.orTimeout(DEADLINE_SECONDS, TimeUnit.SECONDS).join();
        } catch (RuntimeException failure) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw failure;
        }
    }
}
