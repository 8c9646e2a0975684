import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** What processes have used so far, as Linux tells it in {@code /proc}; one that is gone counts as nothing. */
final class Usage {
    private static final double TICKS_PER_SECOND = 100;

    private Usage() {}

    static double cpuSeconds(List<Long> processes) {
        double ticks = 0;
        for (long process : processes) {
            String stat = read("/proc/" + process + "/stat");
            // The name, in brackets, may hold anything.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
            ticks += fields.length < 13 ? 0 : Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        }
        return ticks / TICKS_PER_SECOND;
    }

    /** All processes of the machine together; the handling of interrupts is left out, since loopback traffic is our own. */
    static double machineSeconds() {
        String[] fields = read("/proc/stat").lines().findFirst().orElse("").split(" +");
        double ticks = 0;
        for (int field : new int[] {1, 2, 3, 8}) {
            ticks += fields.length > field ? Long.parseLong(fields[field]) : 0;
        }
        return ticks / TICKS_PER_SECOND;
    }

    static double residentMib(List<Long> processes) {
        long kib = 0;
        for (long process : processes) {
            kib += Arrays.stream(read("/proc/" + process + "/status").split("\n"))
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .sum();
        }
        return kib / 1024.0;
    }

    private static String read(String file) {
        try {
            return Files.readString(Path.of(file));
        } catch (IOException gone) {
            return "";
        }
    }
}
