package dev.lmbridge.downloads;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.downloads.DownloadJob.Status;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.lms.LmsDownload;
import dev.lmbridge.testing.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What becomes of downloads, without any. */
final class DownloadCoreTest {
    private static final Failure BROKEN = Failure.of(FailureCode.UPSTREAM_ERROR, "It broke.");

    private final ManualClock clock = new ManualClock();
    private final List<DownloadAction> actions = new ArrayList<>();
    private DownloadCore.State state = DownloadCore.State.INITIAL;
    private DownloadCore.@Nullable Step last;

    @Test
    void theFirstBeginsAtOnceAndTheNextWhenItHasEnded() {
        ask("a", "local", "x/one");
        ask("b", "local", "x/two");
        assertThat(status("a")).isEqualTo(Status.RUNNING);
        assertThat(status("b")).isEqualTo(Status.QUEUED);

        clock.advance(Duration.ofSeconds(3));
        on(new DownloadEvent.Ended("a", null, false));

        assertThat(status("a")).isEqualTo(Status.COMPLETED);
        assertThat(job("a").endedAt()).isEqualTo(clock.instant());
        assertThat(status("b")).isEqualTo(Status.RUNNING);
        assertThat(runs()).containsExactly("a", "b");
    }

    @Test
    void hostsDownloadBesideEachOther() {
        ask("a", "one", "x/m");
        ask("b", "two", "x/m");

        assertThat(runs()).containsExactly("a", "b");
    }

    @Test
    void theSameModelAskedForAgainIsTheSameJobUntilItIsOver() {
        ask("a", "local", "x/m");
        ask("b", "local", "x/m");
        assertThat(Objects.requireNonNull(step().job()).id()).isEqualTo("a");
        assertThat(state.jobs()).hasSize(1);

        on(new DownloadEvent.Ended("a", BROKEN, false));
        ask("c", "local", "x/m");

        assertThat(status("a")).isEqualTo(Status.FAILED);
        assertThat(job("a").failure()).isEqualTo(BROKEN);
        assertThat(runs()).containsExactly("a", "c");
    }

    @Test
    void onlyAFewMayWait() {
        ask("first", "local", "x/first");
        for (int each = 0; each < DownloadCore.WAITING; each++) {
            ask("w" + each, "local", "x/w" + each);
            assertThat(step().refusal()).isNull();
        }
        ask("late", "local", "x/late");

        Failure refusal = Objects.requireNonNull(step().refusal());
        assertThat(refusal.code()).isEqualTo(FailureCode.QUEUE_FULL);
        assertThat(refusal.retryAfter()).isNotNull();
        ask("elsewhere", "other", "x/late");
        assertThat(status("elsewhere")).isEqualTo(Status.RUNNING);
    }

    @Test
    void onlyTheLatestEndedOnesAreRemembered() {
        for (int each = 0; each < DownloadCore.HISTORY + 5; each++) {
            ask("j" + each, "local", "x/j" + each);
            on(new DownloadEvent.Ended("j" + each, null, each % 2 == 0));
        }

        assertThat(state.jobs())
                .hasSize(DownloadCore.HISTORY)
                .doesNotContainKey("j4")
                .containsKey("j5");
        assertThat(status("j100")).isEqualTo(Status.ALREADY_DOWNLOADED);
    }

    @Test
    void onlyGrowthKeepsADownloadAlive() {
        ask("a", "local", "x/m");
        progress("a", 10, 100);
        progress("a", 10, 100);
        progress("a", 10, 101);
        progress("a", 9, 90);

        assertThat(actions.stream().filter(DownloadAction.Postpone.class::isInstance))
                .hasSize(2);
        assertThat(Objects.requireNonNull(job("a").reached()).percent()).isEqualTo(9);
    }

    @Test
    void whoCancelsWaitsForTheProcessAndKeepsItsPlaceUntilThen() {
        ask("a", "local", "x/one");
        ask("b", "local", "x/two");

        on(new DownloadEvent.CancelAsked("a"));
        on(new DownloadEvent.CancelAsked("a"));
        assertThat(status("a")).isEqualTo(Status.CANCELLING);
        assertThat(status("b")).isEqualTo(Status.QUEUED);
        assertThat(actions.stream().filter(DownloadAction.Interrupt.class::isInstance))
                .hasSize(1);
        progress("a", 50, 500);
        assertThat(job("a").reached()).isNull();

        on(new DownloadEvent.Ended("a", BROKEN, false));
        assertThat(status("a")).isEqualTo(Status.CANCELLED);
        assertThat(job("a").failure()).isNull();
        assertThat(status("b")).isEqualTo(Status.RUNNING);
    }

    @Test
    void oneThatWaitsIsCancelledAtOnceAndOneThatIsOverStaysAsItIs() {
        ask("a", "local", "x/one");
        ask("b", "local", "x/two");
        on(new DownloadEvent.CancelAsked("b"));
        assertThat(status("b")).isEqualTo(Status.CANCELLED);

        on(new DownloadEvent.Ended("a", null, false));
        on(new DownloadEvent.CancelAsked("a"));
        assertThat(status("a")).isEqualTo(Status.COMPLETED);
        assertThat(runs()).containsExactly("a");

        on(new DownloadEvent.CancelAsked("nobody"));
        assertThat(Objects.requireNonNull(step().refusal()).code()).isEqualTo(FailureCode.NOT_FOUND);
    }

    @Test
    void oneThatWasCancelledTooLateHasCompleted() {
        ask("a", "local", "x/one");
        on(new DownloadEvent.CancelAsked("a"));
        on(new DownloadEvent.Ended("a", null, false));

        assertThat(status("a")).isEqualTo(Status.COMPLETED);
    }

    @Test
    void afterTheShutdownNothingBegins() {
        ask("a", "local", "x/one");
        ask("b", "local", "x/two");
        on(new DownloadEvent.ShutdownAsked());
        on(new DownloadEvent.Ended("a", BROKEN, false));
        ask("c", "local", "x/three");

        assertThat(status("a")).isEqualTo(Status.CANCELLED);
        assertThat(status("b")).isEqualTo(Status.CANCELLED);
        assertThat(Objects.requireNonNull(step().refusal()).code()).isEqualTo(FailureCode.SHUTTING_DOWN);
        assertThat(runs()).containsExactly("a");
    }

    @Test
    void anEndOfNothingChangesNothing() {
        on(new DownloadEvent.Ended("nobody", null, false));
        on(new DownloadEvent.Progressed("nobody", new LmsDownload(1, 1, 1, null)));

        assertThat(state.jobs()).isEmpty();
    }

    private void ask(String id, String host, String model) {
        on(new DownloadEvent.Asked(id, host, model));
    }

    private void progress(String id, double percent, long bytes) {
        on(new DownloadEvent.Progressed(id, new LmsDownload(percent, bytes, 1_000, null)));
    }

    private void on(DownloadEvent event) {
        DownloadCore.Step step = DownloadCore.on(state, event, clock.instant());
        state = step.state();
        actions.addAll(step.actions());
        last = step;
    }

    private DownloadCore.Step step() {
        return Objects.requireNonNull(last);
    }

    private DownloadJob job(String id) {
        return state.job(id).orElseThrow();
    }

    private Status status(String id) {
        return job(id).status();
    }

    private List<String> runs() {
        return actions.stream()
                .filter(DownloadAction.Run.class::isInstance)
                .map(action -> ((DownloadAction.Run) action).job().id())
                .toList();
    }
}
