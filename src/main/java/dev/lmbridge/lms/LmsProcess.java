package dev.lmbridge.lms;

import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs {@code lms}: an argument list and never a shell, stdin at its end, both streams drained and bounded, a deadline that ends the
 * whole tree of processes.
 */
public final class LmsProcess implements LmsCli {
    /** The variable whose value is unique to a call and inherited by all of its processes. */
    public static final String MARKER = "LMBRIDGE_LMS_CALL";

    private static final Logger log = LoggerFactory.getLogger(LmsProcess.class);

    /** Colours, another machine than {@code --host} says, and other layouts of errors than {@link LmsFailures} knows. */
    private static final List<String> CONFUSING =
            List.of("FORCE_COLOR", "LMS_API_SERVER_INFO_PATH", "LMS_NO_FANCY_ERRORS", "LMS_CLI_DEBUG");

    private static final int NOT_FOUND = 127;
    private static final int NOT_EXECUTABLE = 126;
    private static final int NO_CODE = -1;

    private final LmsTarget target;
    private final LongSupplier nanoTime;

    /** @param nanoTime a clock that never steps back, in nanoseconds, such as {@code System::nanoTime} */
    public LmsProcess(LmsTarget target, LongSupplier nanoTime) {
        this.target = target;
        this.nanoTime = nanoTime;
    }

    @Override
    public LmsCall start(LmsCommand command, Duration deadline, LmsProgress progress, String marker) {
        if (!deadline.isPositive()) {
            throw new IllegalArgumentException("deadline must be positive, not " + deadline + ".");
        }
        var arguments = new ArrayList<String>();
        arguments.add(target.executable().toString());
        arguments.addAll(command.arguments(target.host(), target.port()));
        try {
            requireEncodable(arguments);
            var process = builder(arguments, marker).start();
            log.atDebug()
                    .addKeyValue("pid", process.pid())
                    .addKeyValue("arguments", arguments)
                    .log("lms started");
            var tree = new ProcessTree(process.toHandle(), MARKER + "=" + marker);
            return RunningLms.watch(process, tree, command, progress, deadline, nanoTime);
        } catch (IOException e) {
            return notStarted(e);
        }
    }

    private ProcessBuilder builder(List<String> arguments, String marker) {
        var builder = new ProcessBuilder(arguments);
        // With an open pipe as its stdin, lms would wait for answers that never come.
        builder.redirectInput(ProcessBuilder.Redirect.from(new File(onWindows() ? "NUL" : "/dev/null")));
        var environment = builder.environment();
        CONFUSING.forEach(environment::remove);
        environment.put("NO_COLOR", "1");
        environment.put(MARKER, marker);
        if (target.home() != null) {
            environment.put(onWindows() ? "USERPROFILE" : "HOME", target.home().toString());
        }
        return builder;
    }

    private static boolean onWindows() {
        return File.separatorChar == '\\';
    }

    /** Java replaces what the locale's charset lacks with '?', and lms would look for another model without a word. */
    private static void requireEncodable(List<String> arguments) throws IOException {
        var charset = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
        for (var argument : arguments) {
            if (!charset.newEncoder().canEncode(argument)) {
                throw new IOException("\"" + argument + "\" cannot be handed to a program in the locale's charset "
                        + charset + ". Start the bridge with LC_ALL=C.UTF-8.");
            }
        }
    }

    private LmsCall notStarted(IOException error) {
        log.atDebug()
                .setCause(error)
                .addKeyValue("executable", target.executable())
                .log("lms not started");
        var why = error.getMessage() == null ? error.toString() : error.getMessage();
        var outcome = new LmsOutcome(LmsOutcome.Ending.NOT_STARTED, exitCode(why), "", why, false, Duration.ZERO);
        return new UnstartedLms(outcome);
    }

    /** Java has no type for the reason. A script whose interpreter is missing is reported like a missing file. */
    private int exitCode(String why) {
        Path executable = target.executable();
        var said = why.toLowerCase(Locale.ROOT);
        if (said.contains("no such file") || said.contains("createprocess error=2,")) {
            return executable.getNameCount() > 1 && Files.exists(executable) ? NOT_EXECUTABLE : NOT_FOUND;
        }
        return said.contains("permission denied") || said.contains("exec format") || Files.isDirectory(executable)
                ? NOT_EXECUTABLE
                : NO_CODE;
    }
}
