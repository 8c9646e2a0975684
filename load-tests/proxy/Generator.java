import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Makes load and says what it saw. Each line of the standard input is one run, in words {@code name=value}; each is answered
 * by one line of JSON. One process does all runs, so that its own code is warm.
 *
 * <ul>
 *   <li>{@code mode=closed connections=}: each connection sends its next request when the last one was answered
 *   <li>{@code mode=open connections= rate= seed=}: requests fall due at random times, whatever became of those before; their
 *       latency counts from when they were due, so a wait for a late answer is not left out (coordinated omission)
 *   <li>{@code mode=stream connections= chunks= gapMs= rampMs=}: streams, one after the other on each connection
 * </ul>
 *
 * In all: {@code port=}, {@code seconds=} that count after {@code warm=} seconds that do not, {@code target=} the processes
 * measured, {@code beside=} those that only take part.
 */
final class Generator {
    private Generator() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, ISO_8859_1));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            System.out.println(run(words(line)));
        }
    }

    private static Map<String, String> words(String line) {
        Map<String, String> words = new HashMap<>();
        Arrays.stream(line.strip().split(" +")).forEach(word -> words.put(word.split("=", 2)[0], word.split("=", 2)[1]));
        return words;
    }

    private static List<Long> processes(String ids) {
        return Arrays.stream(ids.split(",")).filter(id -> !id.isEmpty()).map(Long::valueOf).toList();
    }

    private static String run(Map<String, String> words) throws IOException, InterruptedException {
        List<Long> target = processes(words.getOrDefault("target", ""));
        List<Long> ours = new ArrayList<>(processes(words.getOrDefault("beside", "")));
        ours.addAll(target);
        ours.add(ProcessHandle.current().pid());
        double seconds = Double.parseDouble(words.get("seconds"));
        double peak = 0;
        try (Load load = new Load(words)) {
            load.start();
            Thread.sleep((long) (1000 * Double.parseDouble(words.getOrDefault("warm", "0"))));
            load.measure(true);
            long began = System.nanoTime();
            double cpu = Usage.cpuSeconds(target);
            double others = Usage.machineSeconds() - Usage.cpuSeconds(ours);
            while (System.nanoTime() - began < seconds * 1e9) {
                Thread.sleep(100);
                peak = Math.max(peak, Usage.residentMib(target));
            }
            load.measure(false);
            double took = (System.nanoTime() - began) / 1e9;
            cpu = Usage.cpuSeconds(target) - cpu;
            others = Usage.machineSeconds() - Usage.cpuSeconds(ours) - others;
            load.finish();
            return String.format(
                    Locale.ROOT,
                    "{\"perSecond\": %.1f, \"requests\": %d, \"pieces\": %d, \"errors\": %d, \"firstError\": %s, \"cpuMicros\": %s, "
                            + "\"peakMib\": %.1f, \"othersCores\": %.2f, \"latency\": %s, \"delay\": %s}",
                    load.counted() / took,
                    load.requests(),
                    load.pieces(),
                    load.errors(),
                    load.firstError() == null ? "null" : '"' + load.firstError().replaceAll("[\"\\\\]", "'") + '"',
                    number(cpu * 1e6 / load.counted()),
                    peak,
                    Math.max(0, others / took),
                    times(load.latency()),
                    times(load.delay()));
        }
    }

    private static String times(Histogram histogram) {
        return "{\"p50\": " + number(histogram.micros(0.5)) + ", \"p99\": " + number(histogram.micros(0.99)) + ", \"p999\": "
                + number(histogram.micros(0.999)) + "}";
    }

    private static String number(double value) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.2f", value) : "null";
    }
}
