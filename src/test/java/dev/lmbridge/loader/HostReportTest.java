package dev.lmbridge.loader;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.lmbridge.catalog.ModelKey;
import dev.lmbridge.explain.Chronicle;
import dev.lmbridge.failure.Failure;
import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.host.Cause;
import dev.lmbridge.host.HostNotice;
import dev.lmbridge.observe.Meters;
import dev.lmbridge.testing.ManualClock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class HostReportTest {
    private static final ModelKey KEY = new ModelKey("m");

    /** A log in JSON writes any other object by its fields, and a search for the model finds nothing. */
    @Test
    void aLineNamesItsModelByItsKeyAlone() {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        Logger log = (Logger) LoggerFactory.getLogger(HostReport.class);
        HostReport report = new HostReport(
                new Meters(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)), new Chronicle(new ManualClock()));
        log.addAppender(lines);
        try {
            List.of(
                            new HostNotice.Queued(KEY, 1),
                            new HostNotice.Loading(KEY, "m~1", Duration.ofMinutes(10), 0),
                            new HostNotice.LoadSucceeded(KEY, "m~1", Duration.ofMinutes(10), Duration.ofSeconds(1)),
                            new HostNotice.LoadFailed(
                                    KEY,
                                    Failure.of(FailureCode.MODEL_LOAD_FAILED, "It failed."),
                                    Duration.ofSeconds(1)),
                            new HostNotice.Found(KEY, "m~1", false),
                            new HostNotice.Unloaded(KEY, "m~1", Cause.ASKED),
                            new HostNotice.Expired(KEY, "m~1"),
                            new HostNotice.Vanished(KEY, "m~1"))
                    .forEach(notice -> report.tell("local", notice, null));
        } finally {
            log.detachAppender(lines);
        }
        // A failed load is a warning; the rest may be below the level that tests log at.
        assertThat(lines.list)
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line.getKeyValuePairs())
                        .filteredOn(pair -> pair.key.equals("model"))
                        .singleElement()
                        .satisfies(pair -> assertThat(pair.value).isEqualTo("m")));
    }
}
