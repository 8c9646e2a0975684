package dev.lmbridge.lms;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What Linux tells in {@code /proc} and Java does not; elsewhere it finds nothing and doubts nothing. */
final class MarkedProcesses {
    private static final Path PROC = Path.of("/proc");
    private static final int LONGEST_ENVIRONMENT = 4 * 1024 * 1024;

    private MarkedProcesses() {}

    /**
     * Processes of this user that were started with that variable, wherever they stand in the tree by now. The handle is taken before
     * the environment is read, so if the id went to another process in between, the handle is the one that does not match any more.
     */
    static List<ProcessHandle> with(String variable) {
        return search(variable).found();
    }

    /**
     * What a search has shown.
     *
     * @param unclear processes that show no environment at all: a program that is being exchanged for another by {@code execve} has
     *     none for a moment, and may be one of those that are looked for
     */
    record Search(List<ProcessHandle> found, List<ProcessHandle> unclear) {}

    /** Whether this system tells of processes what {@link #with} looks for. */
    static boolean areShown() {
        return Files.isDirectory(PROC.resolve("self"));
    }

    static Search search(String variable) {
        var found = new ArrayList<ProcessHandle>();
        var unclear = new ArrayList<ProcessHandle>();
        var result = new Search(found, unclear);
        if (!areShown()) {
            return result;
        }
        try (var entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (var entry : entries) {
                var handle = ProcessHandle.of(Long.parseLong(entry.getFileName().toString()));
                if (handle.isEmpty()) {
                    continue;
                }
                var environment = environment(entry);
                if (environment.isEmpty()) {
                    unclear.add(handle.get());
                } else if (environment.startsWith(variable + "\0") || environment.contains("\0" + variable + "\0")) {
                    found.add(handle.get());
                }
            }
        } catch (IOException | DirectoryIteratorException | NumberFormatException e) {
            return result;
        }
        return result;
    }

    private static String environment(Path entry) {
        try (var environ = Files.newInputStream(entry.resolve("environ"))) {
            return new String(environ.readNBytes(LONGEST_ENVIRONMENT), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // Of another user, or gone by now: not one of ours.
            return "\0";
        }
    }

    /** Whether it only waits to be collected by its parent, which nobody can speed up. */
    static boolean isZombie(ProcessHandle process) {
        try {
            var stat = Files.readString(
                    PROC.resolve(Long.toString(process.pid())).resolve("stat"), StandardCharsets.ISO_8859_1);
            return stat.startsWith("Z", stat.lastIndexOf(')') + 2);
        } catch (IOException e) {
            return false;
        }
    }
}
