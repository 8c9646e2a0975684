package dev.lmbridge.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.testing.ManualClock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EventReaderTest {
    private final EventLog log = new EventLog("node-1", new ManualClock(), "run1");
    private final EventReader reader = new EventReader(log);

    private void model(String name) {
        log.append(News.of(Topics.MODELS, name));
    }

    private void queued() {
        log.append(News.of(Topics.MODELS, "model.queued").under(Topics.QUEUE));
    }

    private List<String> all() {
        List<String> heard = new ArrayList<>();
        for (var chunk = reader.next(); !chunk.isEmpty(); chunk = reader.next()) {
            chunk.forEach(one -> heard.add(one.topic() + " " + one.event().name()));
        }
        return heard;
    }

    @Test
    void onlyWhatIsFollowedIsHeard() {
        reader.follow(List.of(Topics.HOSTS), log.last());
        model("model.loaded");
        log.append(News.of(Topics.HOSTS, "host.up"));
        assertThat(all()).containsExactly("hosts host.up");
    }

    @Test
    void anEventOfTwoTopicsIsHeardOnceUnderTheFirstThatIsFollowed() {
        reader.follow(List.of(Topics.QUEUE), log.last());
        queued();
        assertThat(all()).containsExactly("queue model.queued");
        reader.follow(List.of(Topics.MODELS), log.last());
        queued();
        assertThat(all()).containsExactly("models model.queued");
    }

    @Test
    void aPlaceInThePastGivesWhatCameAfterIt() {
        model("model.queued");
        model("model.loaded");
        model("model.verified");
        reader.follow(List.of(Topics.MODELS), 1);
        assertThat(all()).containsExactly("models model.loaded", "models model.verified");
    }

    @Test
    void aTopicFromThePastDoesNotRepeatTheOthers() {
        reader.follow(List.of(Topics.MODELS), log.last());
        model("model.loaded");
        log.append(News.of(Topics.HOSTS, "host.up"));
        assertThat(all()).containsExactly("models model.loaded");
        reader.follow(List.of(Topics.HOSTS), 0);
        assertThat(all()).containsExactly("hosts host.up");
        model("model.verified");
        assertThat(all()).containsExactly("models model.verified");
    }

    @Test
    void aTopicAddedLaterDoesNotSkipWhatIsStillUnreadOfTheOthers() {
        reader.follow(List.of(Topics.MODELS), log.last());
        model("model.loaded");
        log.append(News.of(Topics.HOSTS, "host.down"));
        reader.follow(List.of(Topics.HOSTS), log.last());
        assertThat(all()).containsExactly("models model.loaded");
    }

    @Test
    void whatIsLeftIsHeardNoMore() {
        reader.follow(List.of(Topics.MODELS, Topics.HOSTS), log.last());
        reader.leave(List.of(Topics.MODELS));
        model("model.loaded");
        assertThat(all()).isEmpty();
        assertThat(reader.topics()).containsExactly(Topics.HOSTS);
    }

    @Test
    void whoReadsTooLateHasLostSomething() {
        reader.follow(List.of(Topics.MODELS), log.last());
        for (int each = 0; each < EventLog.CAPACITY; each++) {
            model("model.loaded");
        }
        assertThat(all()).hasSize(EventLog.CAPACITY);
        assertThat(reader.hasLost()).isFalse();
        for (int each = 0; each <= EventLog.CAPACITY; each++) {
            model("model.loaded");
        }
        assertThat(reader.next()).isNotEmpty();
        assertThat(reader.hasLost()).isTrue();
    }

    @Test
    void whoFollowsNothingLosesNothing() {
        for (int each = 0; each < EventLog.CAPACITY + 5; each++) {
            model("model.loaded");
        }
        assertThat(reader.next()).isEmpty();
        assertThat(reader.hasLost()).isFalse();
        reader.follow(List.of(Topics.MODELS), log.last());
        model("model.verified");
        assertThat(all()).containsExactly("models model.verified");
        assertThat(reader.hasLost()).isFalse();
    }

    @Test
    void aLongStretchOfOtherTopicsIsReadPast() {
        reader.follow(List.of(Topics.HOSTS), log.last());
        for (int each = 0; each < 1_000; each++) {
            model("model.loaded");
        }
        log.append(News.of(Topics.HOSTS, "host.up"));
        assertThat(reader.next()).hasSize(1);
    }
}
