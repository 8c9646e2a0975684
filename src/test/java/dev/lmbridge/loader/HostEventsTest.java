package dev.lmbridge.loader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.events.News;
import dev.lmbridge.events.Topics;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.host.Cause;
import dev.lmbridge.host.HostNotice;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class HostEventsTest {
    private static final ModelKey KEY = new ModelKey("m");
    private static final Duration TTL = Duration.ofMinutes(10);
    private static final Duration SECOND = Duration.ofSeconds(1);

    private static News of(HostNotice notice) {
        return HostEvents.of("local", notice).orElseThrow();
    }

    @Test
    void everyEventHasItsPublicNameAndTellsTheHost() {
        Failure failed = Failure.of(FailureCode.MODEL_LOAD_FAILED, "It failed.");
        Failure unseen = Failure.of(FailureCode.MODEL_VERIFICATION_FAILED, "It never appeared.");
        Map<HostNotice, String> names = new LinkedHashMap<>();
        names.put(new HostNotice.Queued(KEY, 1), "model.queued");
        names.put(new HostNotice.Loading(KEY, "m~1", TTL, 40), "model.loading");
        names.put(new HostNotice.Appeared(KEY, "m~1"), "model.loaded");
        names.put(new HostNotice.LoadSucceeded(KEY, "m~1", TTL, SECOND), "model.verified");
        names.put(new HostNotice.LoadFailed(KEY, unseen, SECOND), "model.verification_failed");
        names.put(new HostNotice.LoadFailed(KEY, failed, SECOND), "model.load_failed");
        names.put(new HostNotice.Expired(KEY, "m~1"), "model.expired");
        names.put(new HostNotice.Unloaded(KEY, "m~1", Cause.ASKED), "model.unloaded");
        names.put(new HostNotice.Vanished(KEY, "m~1"), "model.vanished");
        names.put(new HostNotice.Found(KEY, "m", true), "model.found");
        names.put(new HostNotice.Adopted(KEY, "m"), "model.adopted");
        names.put(new HostNotice.Rearmed(KEY, "m~1", true), "model.rearmed");
        names.put(new HostNotice.BreakerOpened(HostNotice.Scope.MODEL, "m", 5, SECOND), "breaker.opened");
        names.put(new HostNotice.BreakerTried(HostNotice.Scope.HOST, ""), "breaker.half_open");
        names.put(new HostNotice.BreakerClosed(HostNotice.Scope.HOST, ""), "breaker.closed");
        names.put(new HostNotice.HostDown("nothing listens there"), "host.down");
        names.put(new HostNotice.HostUp(), "host.up");
        names.forEach((notice, name) -> {
            News news = of(notice);
            assertThat(news.name()).isEqualTo(name);
            assertThat(news.facts()).containsEntry("host", "local");
        });
    }

    @Test
    void aLoadTellsHowFarItIsToWhoeverFollowsModelsOrTheQueue() {
        News loading = of(new HostNotice.Loading(KEY, "m~1", TTL, 40));
        assertThat(loading.topics()).containsExactly(Topics.MODELS, Topics.QUEUE);
        assertThat(loading.facts())
                .containsEntry("model", "m")
                .containsEntry("identifier", "m~1")
                .containsEntry("percent", 40)
                .containsEntry("ttlSeconds", 600L);
    }

    @Test
    void whatMakesAModelGoTellsTheRule() {
        assertThat(of(new HostNotice.Expired(KEY, "m~1")).facts()).containsEntry("rule", "ttl");
        assertThat(of(new HostNotice.Unloaded(KEY, "m~1", Cause.ASKED)).facts()).containsEntry("rule", "asked");
    }

    @Test
    void aFailureTellsItsCode() {
        Failure failure =
                Failure.of(FailureCode.MODEL_LOAD_FAILED, "It failed.").with("reason", "timeout");
        assertThat(of(new HostNotice.LoadFailed(KEY, failure, SECOND)).facts())
                .containsEntry("code", "model_load_failed")
                .containsEntry("reason", "timeout")
                .containsEntry("detail", "It failed.");
    }

    @Test
    void aBreakerOfAHostHasItsName() {
        assertThat(of(new HostNotice.BreakerOpened(HostNotice.Scope.HOST, "", 5, Duration.ofMillis(1_500)))
                        .facts())
                .containsEntry("scope", "host")
                .containsEntry("name", "local")
                .containsEntry("retryAfterSeconds", 2L);
    }

    @Test
    void whatConcernsOneCallerIsNobodyElsesBusiness() {
        assertThat(HostEvents.of("local", new HostNotice.CallerLooks("c"))).isEmpty();
    }
}
