package dev.lmbridge.explain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.testing.ManualClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ChronicleTest {
    private final ManualClock clock = new ManualClock();
    private final Chronicle chronicle = new Chronicle(clock);

    private Happening happening(String event) {
        return chronicle.now(event, event + " happened.");
    }

    private List<String> events(String request) {
        return chronicle.accountOf(request).orElseThrow().events().stream()
                .map(Happening::event)
                .toList();
    }

    private List<String> eventsOfModel(String key) {
        return chronicle.eventsOf(key).stream().map(Happening::event).toList();
    }

    @Test
    void aRequestThatWentStraightThroughIsOneEvent() {
        var began = clock.instant();
        clock.advance(Duration.ofMillis(12));
        chronicle.straight("r", "m", "local", began, clock.instant());
        RequestAccount account = chronicle.accountOf("r").orElseThrow();
        assertThat(account.model()).isEqualTo("m");
        assertThat(account.host()).isEqualTo("local");
        assertThat(account.outcome()).isEqualTo("success");
        assertThat(account.events()).singleElement().satisfies(event -> {
            assertThat(event.event()).isEqualTo("request.answered");
            assertThat(event.at()).isEqualTo(clock.instant());
            assertThat(event.facts()).containsEntry("tookMs", 12L);
        });
    }

    @Test
    void manyThatGoStraightThroughDoNotPushOutOneThatWaited() {
        chronicle.request("slow").add(happening("request.looking"));
        for (int each = 0; each <= Chronicle.REQUESTS; each++) {
            chronicle.straight("fast-" + each, "m", "local", clock.instant(), clock.instant());
        }
        assertThat(events("slow")).containsExactly("request.looking");
        assertThat(chronicle.accountOf("fast-0")).isEmpty();
        assertThat(chronicle.accountOf("fast-1")).isPresent();
    }

    @Test
    void theOldestOfThoseThatWaitedIsForgotten() {
        for (int each = 0; each <= Chronicle.REQUESTS; each++) {
            chronicle.ended("r-" + each, "m", null, "queue_full", clock.instant());
        }
        assertThat(chronicle.accountOf("r-0")).isEmpty();
        assertThat(chronicle.accountOf("r-1")).isPresent();
    }

    @Test
    void whatHappensToAnOperationHappensToThoseWhoWaitForItWhileTheyDo() {
        Story load = chronicle.operation();
        load.add(happening("model.queued"));
        RequestStory late = chronicle.request("late");
        Happening joined = happening("request.joined");
        late.add(joined);
        late.waitFor(load, joined.order());
        load.add(happening("model.loading"));
        chronicle.ended("late", "m", "local", "success", clock.instant());
        load.add(happening("model.verified"));
        assertThat(events("late")).containsExactly("request.joined", "model.loading", "request.answered");
    }

    @Test
    void aRequestKeepsItsLatestEventsOnly() {
        RequestStory story = chronicle.request("r");
        Story load = chronicle.operation();
        story.waitFor(load, 0);
        for (int each = 0; each < 2 * Chronicle.EVENTS_OF_REQUEST; each++) {
            story.add(happening("request.looking"));
            load.add(happening("model.retrying"));
        }
        chronicle.ended("r", "m", "local", "model_load_failed", clock.instant());
        assertThat(events("r")).hasSize(Chronicle.EVENTS_OF_REQUEST).last().isEqualTo("request.failed");
    }

    @Test
    void anEndIsTheLastWord() {
        chronicle.request("r").add(happening("request.looking"));
        RequestStory story = chronicle.request("r");
        chronicle.ended("r", "m", "local", "client_gone", clock.instant());
        story.add(happening("request.ready"));
        story.end("success", happening("request.answered"));
        assertThat(events("r")).containsExactly("request.looking", "request.left");
        assertThat(chronicle.accountOf("r").orElseThrow().outcome()).isEqualTo("client_gone");
    }

    @Test
    void ofTwoRequestsUnderOneIdTheLatestIsTold() {
        chronicle.ended("r", "m", "local", "queue_full", clock.instant());
        clock.advance(Duration.ofSeconds(1));
        chronicle.straight("r", "m", "local", clock.instant(), clock.instant());
        assertThat(chronicle.accountOf("r").orElseThrow().outcome()).isEqualTo("success");
        clock.advance(Duration.ofSeconds(1));
        chronicle.request("r").add(happening("request.looking"));
        assertThat(events("r")).containsExactly("request.looking");
        assertThat(chronicle.accountOf("r").orElseThrow().outcome()).isNull();
    }

    @Test
    void aModelKeepsItsLatestEvents() {
        for (int each = 0; each <= Chronicle.EVENTS_OF_MODEL; each++) {
            chronicle.model("m", happening(each == 0 ? "model.first" : "model.other"));
        }
        assertThat(eventsOfModel("m")).hasSize(Chronicle.EVENTS_OF_MODEL).doesNotContain("model.first");
    }

    @Test
    void repetitionsAreCountedAndOtherRulesAreNot() {
        var first = clock.instant();
        for (int each = 0; each < 5; each++) {
            chronicle.modelAgain("m", happening("model.refused").with("rule", "circuit_open"));
            clock.advance(Duration.ofSeconds(1));
        }
        chronicle.modelAgain("m", happening("model.refused").with("rule", "queue_full"));
        assertThat(chronicle.eventsOf("m")).hasSize(2);
        Happening open = chronicle.eventsOf("m").getFirst();
        assertThat(open.times()).isEqualTo(5);
        assertThat(open.since()).isEqualTo(first);
        assertThat(open.at()).isEqualTo(first.plusSeconds(4));
        assertThat(chronicle.eventsOf("m").getLast().times()).isEqualTo(1);
    }

    @Test
    void ofProgressOnlyTheLatestIsKept() {
        chronicle.model("m", happening("model.loading"));
        for (int percent = 1; percent <= 100; percent++) {
            chronicle.modelProgress("m", happening("model.loading").with("percent", percent));
        }
        assertThat(chronicle.eventsOf("m")).hasSize(2);
        assertThat(chronicle.eventsOf("m").getLast().facts()).containsEntry("percent", 100);
    }

    @Test
    void theModelThatWasQuietForLongestIsForgottenFirst() {
        for (int each = 0; each < Chronicle.MODELS; each++) {
            chronicle.model("m-" + each, happening("model.found"));
        }
        chronicle.model("m-0", happening("model.expired"));
        chronicle.model("one-more", happening("model.found"));
        assertThat(eventsOfModel("m-0")).containsExactly("model.found", "model.expired");
        assertThat(chronicle.eventsOf("m-1")).isEmpty();
        assertThat(chronicle.eventsOf("m-2")).hasSize(1);
    }

    @Test
    void allModelsTogetherHaveALimitOfTheirOwn() {
        int models = Chronicle.EVENTS_OF_MODELS / Chronicle.EVENTS_OF_MODEL;
        for (int model = 0; model <= models; model++) {
            for (int each = 0; each < Chronicle.EVENTS_OF_MODEL; each++) {
                chronicle.model("m-" + model, happening("model.found"));
            }
        }
        int kept = 0;
        for (int model = 0; model <= models; model++) {
            kept += chronicle.eventsOf("m-" + model).size();
        }
        assertThat(kept).isEqualTo(Chronicle.EVENTS_OF_MODELS);
        assertThat(chronicle.eventsOf("m-0")).isEmpty();
    }

    @Test
    void longWordsAreCut() {
        assertThat(chronicle.now("model.load_failed", "x".repeat(5_000)).detail())
                .hasSize(Happening.DETAIL_LIMIT);
    }
}
