package dev.lmbridge.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JournalTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path folder;

    private Path file = Path.of("");

    @BeforeEach
    void name() {
        file = folder.resolve("hosts/local.journal");
    }

    private static Intent intent(String mark) {
        return new Intent(mark, "load", "qwen/qwen3-4b", "qwen/qwen3-4b~1", NOW, NOW.plusSeconds(60));
    }

    private List<Intent> unfinished() throws IOException {
        try (Journal journal = Journal.open(file)) {
            assertThat(journal.damage()).isEmpty();
            return journal.unfinished();
        }
    }

    private Journal damaged(String content) throws IOException {
        Files.createDirectories(folder.resolve("hosts"));
        Files.writeString(file, content);
        Journal journal = Journal.open(file);
        assertThat(folder.resolve("hosts/local.journal.damaged-1")).hasContent(content);
        return journal;
    }

    @Test
    void whatHasBegunAndNotEndedIsFoundByTheNextRun() throws IOException {
        try (Journal journal = Journal.open(file)) {
            assertThat(journal.unfinished()).isEmpty();
            journal.begin(intent("a"));
            journal.begin(intent("b"));
            journal.end("a");
        }
        assertThat(unfinished()).containsExactly(intent("b"));
        assertThat(unfinished()).as("until it is crossed out").containsExactly(intent("b"));
    }

    @Test
    void anIntentIsInTheFileWhenBeginReturns() throws IOException {
        try (Journal journal = Journal.open(file)) {
            journal.begin(intent("a"));
            assertThat(Files.readString(file)).contains("\"mark\":\"a\"").endsWith("\n");
        }
    }

    @Test
    void anEndOfWhatIsNotOpenChangesNothing() throws IOException {
        try (Journal journal = Journal.open(file)) {
            journal.end("nobody");
            journal.begin(intent("a"));
            journal.end("a");
            journal.end("a");
        }
        assertThat(unfinished()).isEmpty();
    }

    @Test
    void theFileStaysSmallHoweverLongItIsUsed() throws IOException {
        try (Journal journal = Journal.open(file)) {
            journal.begin(intent("kept"));
            for (int each = 0; each < 300; each++) {
                journal.begin(intent("mark-" + each));
                journal.end("mark-" + each);
            }
            assertThat(Files.size(file)).isLessThan(100_000);
        }
        assertThat(unfinished()).containsExactly(intent("kept"));
    }

    @Test
    void aLineThatWasCutOffHasNeverStartedAnything() throws IOException {
        try (Journal journal = Journal.open(file)) {
            journal.begin(intent("a"));
            journal.begin(intent("b"));
        }
        byte[] whole = Files.readAllBytes(file);
        int second = new String(whole, java.nio.charset.StandardCharsets.UTF_8).lastIndexOf("{\"begin\"");
        for (int length = second; length < whole.length; length++) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            assertThat(unfinished()).as("cut at " + length).containsExactly(intent("a"));
        }
    }

    @Test
    void anEmptyFileIsANewJournal() throws IOException {
        Files.createDirectories(folder.resolve("hosts"));
        Files.writeString(file, "");
        assertThat(unfinished()).isEmpty();
    }

    @Test
    void aJournalOfANewerVersionIsKeptAndNamed() throws IOException {
        try (Journal journal = damaged("{\"journal\":2}\n{\"begin\":{}}\n")) {
            assertThat(journal.damage().orElseThrow()).contains("newer version", "local.journal.damaged-1");
            assertThat(journal.unfinished()).isEmpty();
            journal.begin(intent("a"));
        }
        assertThat(unfinished()).containsExactly(intent("a"));
    }

    @Test
    void whatCanBeReadOfADamagedJournalCounts() throws IOException {
        String content = JournalLines.HEADER + "\n" + JournalLines.begin(intent("a")) + "\nnonsense\n"
                + JournalLines.begin(intent("b")) + "\n{\"begin\":{\"mark\":1}}\n{\"end\":\"a\"}\n";
        try (Journal journal = damaged(content)) {
            assertThat(journal.damage().orElseThrow()).contains("in line 3");
            assertThat(journal.unfinished()).containsExactly(intent("b"));
        }
    }

    @Test
    void aFileThatIsNoJournalIsKeptAndReplaced() throws IOException {
        try (Journal journal = damaged("Dear diary,\n")) {
            assertThat(journal.damage().orElseThrow()).contains("does not begin as a journal does");
        }
        assertThat(unfinished()).isEmpty();
    }

    @Test
    void noBytesWhateverMakeItFail() throws IOException {
        Files.createDirectories(folder.resolve("hosts"));
        long seed = 20_260_101;
        Random random = new Random(seed);
        byte[] good = (JournalLines.HEADER + "\n" + JournalLines.begin(intent("a")) + "\n" + JournalLines.end("a")
                        + "\n")
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        for (int each = 0; each < 300; each++) {
            byte[] bad = good.clone();
            for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
                bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
            }
            Files.write(file, bad);
            try (Journal journal = Journal.open(file)) {
                assertThat(journal.unfinished()).hasSizeLessThanOrEqualTo(1);
            }
        }
    }

    @Test
    void aFolderInItsPlaceIsAnError() throws IOException {
        Files.createDirectories(file);
        assertThatThrownBy(() -> Journal.open(file)).isInstanceOf(IOException.class);
    }
}
