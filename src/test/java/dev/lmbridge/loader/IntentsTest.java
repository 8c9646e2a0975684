package dev.lmbridge.loader;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.failure.FailureException;
import dev.lmbridge.host.Doubt;
import dev.lmbridge.host.HostAction;
import dev.lmbridge.lms.Leftovers;
import dev.lmbridge.lms.LmsOutcome;
import dev.lmbridge.store.Intent;
import dev.lmbridge.store.Journal;
import dev.lmbridge.testing.ManualClock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IntentsTest {
    private static final Duration DOUBT = Duration.ofSeconds(60);
    private static final HostAction.RunLoad LOAD = new HostAction.RunLoad(
            1, new ModelKey("qwen/qwen3-4b"), "qwen/qwen3-4b~1", Duration.ofMinutes(10), null, Duration.ofSeconds(90));

    private static final HostAction.RunUnload UNLOAD =
            new HostAction.RunUnload(1, "qwen/qwen3-4b~1", Duration.ofSeconds(30));

    @TempDir
    private Path folder;

    private final ManualClock clock = new ManualClock();

    private Journal journal() throws IOException {
        return Journal.open(folder.resolve("local.jsonl"));
    }

    private Intents intents(Journal journal) {
        return new Intents(journal, new Leftovers(System::nanoTime), Duration.ofMinutes(10), DOUBT, clock);
    }

    private static HostAction.RunLoad load(String model) {
        return new HostAction.RunLoad(
                2, new ModelKey(model), model + "~1", Duration.ofMinutes(10), null, Duration.ofSeconds(90));
    }

    /** The marks of what would be unfinished if the bridge were killed now. */
    private List<String> open() throws IOException {
        Path copy = Files.copy(folder.resolve("local.jsonl"), folder.resolve("copy.jsonl"), REPLACE_EXISTING);
        try (Journal journal = Journal.open(copy)) {
            return journal.unfinished().stream().map(Intent::mark).toList();
        }
    }

    private Map<ModelKey, Doubt> recovered() throws Exception {
        try (Journal journal = journal()) {
            return intents(journal).recover();
        }
    }

    @Test
    void aLoadThatHasEndedLeavesNoDoubt() throws Exception {
        try (Journal journal = journal()) {
            intents(journal).begin("mark", LOAD);
            intents(journal).end("mark", LmsOutcome.Ending.EXITED);
        }
        assertThat(recovered()).isEmpty();
    }

    @Test
    void aLoadThatWasCutOffIsDoubtfulForAsLongAsALoadThatWasKilled() throws Exception {
        try (Journal journal = journal()) {
            intents(journal).begin("mark", LOAD);
        }
        clock.advance(Duration.ofSeconds(10));
        assertThat(recovered())
                .containsEntry(
                        LOAD.key(), new Doubt("qwen/qwen3-4b~1", clock.instant().plus(DOUBT)));
    }

    @Test
    void aLoadThatHadToBeKilledIsStillDoubtfulAfterARestart() throws Exception {
        try (Journal journal = journal()) {
            Intents intents = intents(journal);
            intents.begin("mark", LOAD);
            intents.end("mark", LmsOutcome.Ending.TIMED_OUT);
        }
        assertThat(recovered()).containsKey(LOAD.key());
    }

    @Test
    void loadsThatWereKilledAreCrossedOutWhenTheirDoubtIsOverAndNotOnlyByARestart() throws Exception {
        try (Journal journal = journal()) {
            Intents intents = intents(journal);
            intents.begin("first", LOAD);
            intents.end("first", LmsOutcome.Ending.TIMED_OUT);
            clock.advance(DOUBT.minusSeconds(1));
            intents.begin("second", load("another"));
            assertThat(open()).as("the first is still doubtful").containsExactly("first", "second");
            intents.end("second", LmsOutcome.Ending.EXITED);
            clock.advance(Duration.ofSeconds(1));
            intents.begin("unload", UNLOAD);
            assertThat(open()).containsExactly("unload");
        }
    }

    @Test
    void ofTheKilledLoadsOfAModelTheYoungestIsKept() throws Exception {
        try (Journal journal = journal()) {
            Intents intents = intents(journal);
            for (int each = 1; each <= 100; each++) {
                intents.begin("mark-" + each, LOAD);
                intents.end("mark-" + each, LmsOutcome.Ending.CANCELLED);
                clock.advance(Duration.ofMillis(10));
            }
            assertThat(open()).containsExactly("mark-100");
        }
    }

    @Test
    void anUnloadThatHadToBeKilledLeavesNothing() throws Exception {
        try (Journal journal = journal()) {
            intents(journal).begin("mark", UNLOAD);
            intents(journal).end("mark", LmsOutcome.Ending.TIMED_OUT);
            assertThat(open()).isEmpty();
        }
    }

    @Test
    void whatAnEarlierRunHasLeftIsCrossedOutInThisOne() throws Exception {
        try (Journal journal = journal()) {
            Intents intents = intents(journal);
            intents.begin("older", LOAD);
            clock.advance(Duration.ofSeconds(1));
            intents.begin("younger", LOAD);
        }
        try (Journal journal = journal()) {
            Intents intents = intents(journal);
            assertThat(intents.recover()).containsOnlyKeys(LOAD.key());
            assertThat(open()).containsExactly("younger");
            clock.advance(DOUBT);
            intents.begin("next", LOAD);
            assertThat(open()).containsExactly("next");
        }
    }

    @Test
    void whatWasCutOffLongAgoIsForgotten() throws Exception {
        try (Journal journal = journal()) {
            intents(journal).begin("mark", LOAD);
        }
        clock.advance(Duration.ofSeconds(90));
        assertThat(recovered()).as("its deadline may have been put off").containsKey(LOAD.key());
        clock.advance(Duration.ofMinutes(9).plus(DOUBT));
        assertThat(recovered()).isEmpty();
        clock.set(clock.instant().minus(DOUBT));
        assertThat(recovered()).as("crossed out").isEmpty();
    }

    @Test
    void anUnloadThatWasCutOffLeavesNoDoubt() throws Exception {
        try (Journal journal = journal()) {
            intents(journal).begin("mark", UNLOAD);
        }
        assertThat(recovered()).isEmpty();
    }

    @Test
    void whatCannotBeNotedIsNotBegun() throws Exception {
        Journal journal = journal();
        journal.close();
        FailureException refused = catchThrowableOfType(
                FailureException.class, () -> intents(journal).begin("mark", LOAD));
        assertThat(refused.failure().code()).isEqualTo(FailureCode.STORE_UNAVAILABLE);
        assertThat(refused.failure().detail()).contains("data directory");
    }
}
