package dev.lmbridge.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Which processes a simulated machine's {@code lms} has started and that still run. */
public final class ProcessTable {
    private static final Path PROC = Path.of("/proc");
    private static final String MARK = "LM_BRIDGE_SIM='";

    private ProcessTable() {}

    /** Whether this system shows the environment of its processes; only Linux does. */
    public static boolean canBeRead() {
        return Files.isReadable(PROC.resolve("self/environ"));
    }

    /** Whatever the stand-in starts inherits the variable that its script sets; the secret in it tells machines apart. */
    public static List<String> ofLms(SimulatedLmStudio machine) {
        try (Stream<Path> all = Files.list(PROC)) {
            String script = Files.readString(machine.lms());
            String mark = script.substring(script.indexOf(MARK) + MARK.length());
            String variable = "LM_BRIDGE_SIM=" + mark.substring(0, mark.indexOf('\''));
            return all.filter(ProcessTable::isProcess)
                    .filter(process -> read(process, "environ").contains(variable))
                    .map(process -> process.getFileName() + " " + read(process, "cmdline"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The same without those that only look: a service may look at any time. */
    public static List<String> ofLoads(SimulatedLmStudio machine) {
        return ofLms(machine).stream()
                .filter(process -> !process.contains("\0ps\0"))
                .toList();
    }

    private static boolean isProcess(Path entry) {
        return entry.getFileName().toString().chars().allMatch(Character::isDigit);
    }

    private static String read(Path process, String what) {
        try {
            return Files.readString(process.resolve(what), StandardCharsets.ISO_8859_1);
        } catch (IOException goneOrForeign) {
            return "";
        }
    }
}
