package dev.lmbridge.lms;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a call could leave behind on this machine: processes, threads, descriptors. */
final class Machine {
    private static final Pattern THREAD = Pattern.compile("\"lms-\\d+-(?:watch|stdout|stderr)\"");

    private Machine() {}

    static Set<ProcessHandle> descendants() {
        return ProcessHandle.current().descendants().collect(Collectors.toSet());
    }

    /** Those that have this folder as their home, wherever they stand in the tree, and our descendants that are new. */
    static Set<ProcessHandle> processesOf(Path home, Set<ProcessHandle> before) {
        var found = new HashSet<>(descendants());
        found.removeAll(before);
        found.addAll(MarkedProcesses.with("HOME=" + home));
        found.removeIf(MarkedProcesses::isZombie);
        return found;
    }

    /** Virtual threads of the driver, as the dump of the virtual machine lists them. */
    static int threads(Path folder) {
        var dump = folder.resolve("threads-" + System.nanoTime());
        try {
            ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
                    .dumpThreads(dump.toString(), HotSpotDiagnosticMXBean.ThreadDumpFormat.TEXT_PLAIN);
            return (int) THREAD.matcher(Files.readString(dump)).results().count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int descriptors() {
        var open = Path.of("/proc/self/fd").toFile().list();
        return open == null ? 0 : open.length;
    }

    /** Whoever started us in the background may have had SIGINT ignored, and then our scripts cannot trap it. */
    static boolean interruptsAreIgnored() throws IOException {
        var status = Path.of("/proc/self/status");
        return Files.exists(status)
                && Files.readAllLines(status).stream()
                        .filter(line -> line.startsWith("SigIgn:"))
                        .anyMatch(line ->
                                (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
    }

    static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end)
                    .as("nanoseconds past the 20 s that a condition may take")
                    .isNegative();
            LockSupport.parkNanos(5_000_000);
        }
    }
}
