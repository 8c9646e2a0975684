package dev.lmbridge.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lmbridge.testing.Programs;
import dev.lmbridge.testing.Waiting;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed while they write, and disks that are full. */
@Timeout(120)
final class EmbeddedStoreCrashTest {
    @TempDir
    private Path data;

    @Test
    void aKilledWriterLosesNothingThatItWasToldIsWritten() throws Exception {
        Path folder = data.resolve("store");
        int last = 0;
        for (int round = 1; round <= 4; round++) {
            WriterProgram.Run writer = WriterProgram.run(folder, List.of());
            while (last < round * 150) {
                String line = writer.line();
                assertThat(line).as("round " + round).matches("\\d+");
                last = Integer.parseInt(line);
            }
            int told = writer.kill(last);
            assertThat(newestWithoutGap(folder)).isBetween(told, told + 1);
            last = told;
        }
    }

    @Test
    void aProcessThatIsKilledWhileItMakesTheStoreLeavesOneThatOpens() throws Exception {
        for (int round = 1; round <= 3; round++) {
            Path folder = data.resolve("store-" + round);
            WriterProgram.Run writer = WriterProgram.run(folder, List.of());
            long least = (round - 1) * 8_192L;
            Waiting.until("the file is there", () -> size(EmbeddedStore.file(folder)) > least);
            writer.kill(0);
            newestWithoutGap(folder);
        }
    }

    @Test
    void aFullDiskFailsTheWriteAndNothingIsLostWhenThereIsRoomAgain() throws Exception {
        assumeTrue(Programs.isInstalled("prlimit"), "prlimit is not installed, which limits the size of files here");
        Path folder = data.resolve("store");
        EmbeddedStore.open(folder, "here").close();
        // A limit of the process on the size of its files fails writes as a full disk does.
        WriterProgram.Run writer = WriterProgram.run(
                folder, List.of("prlimit", "--fsize=" + (size(EmbeddedStore.file(folder)) + 40_000) + ":"));
        int last = 0;
        String line = writer.line();
        while (line.matches("\\d+")) {
            last = Integer.parseInt(line);
            line = writer.line();
        }
        assertThat(line)
                .startsWith("UNAVAILABLE")
                .contains(EmbeddedStore.file(folder).toString());
        assertThat(last).isPositive();

        assertThat(new ProcessBuilder("prlimit", "--pid", Long.toString(writer.pid()), "--fsize=unlimited:unlimited")
                        .start()
                        .waitFor())
                .isZero();
        writer.goOn();
        assertThat(writer.line()).isEqualTo(Integer.toString(last + 1));
        int told = writer.kill(last + 1);
        assertThat(newestWithoutGap(folder)).isBetween(told, told + 1);
    }

    /** Opens the store; fails unless it holds 1 to n, and each once. */
    private static int newestWithoutGap(Path folder) throws StoreException {
        try (Store store = EmbeddedStore.open(folder, "here")) {
            List<Integer> numbers = AuditSamples.numbers(store.audit(new AuditQuery(null, null, AuditQuery.MOST)));
            int newest = numbers.isEmpty() ? 0 : numbers.getFirst();
            assertThat(numbers.reversed())
                    .containsExactlyElementsOf(IntStream.rangeClosed(Math.max(1, newest - AuditQuery.MOST + 1), newest)
                            .boxed()
                            .toList());
            return newest;
        }
    }

    private static long size(Path file) {
        return file.toFile().length();
    }
}
