package dev.lmbridge.loader;

import dev.lmbridge.host.Finding;
import dev.lmbridge.host.HostNotice;
import dev.lmbridge.observe.Meters;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Writes into log and metrics what is not as it should be on a host, and what is done about it. */
final class FindingReport {
    private static final Logger LOG = LoggerFactory.getLogger(FindingReport.class);

    private FindingReport() {}

    static void began(Meters meters, String host, Finding finding) {
        meters.found(finding.kind().text());
        LOG.atLevel(finding.kind() == Finding.Kind.FOREIGN ? Level.INFO : Level.WARN)
                .addKeyValue("host", host)
                .addKeyValue("finding", finding.kind().text())
                .addKeyValue("subject", finding.subject())
                .addKeyValue("detail", finding.detail())
                .log("watchdog found");
    }

    static void ended(Meters meters, String host, HostNotice.FindingEnded ended) {
        Finding finding = ended.finding();
        if (finding.kind() == Finding.Kind.HOST_DOWN) {
            meters.found("host_up");
        }
        LOG.atInfo()
                .addKeyValue("host", host)
                .addKeyValue("finding", finding.kind().text())
                .addKeyValue("subject", finding.subject())
                .addKeyValue("lastedMs", ended.lasted().toMillis())
                .log("watchdog finds it no longer");
    }

    static void repairing(Meters meters, String host, HostNotice.Repairing repair) {
        meters.repaired(repair.cause().text());
        LOG.atInfo()
                .addKeyValue("host", host)
                .addKeyValue("model", repair.model().value())
                .addKeyValue("rule", repair.cause().text())
                .addKeyValue("attempt", repair.attempt())
                .log("watchdog repairs");
    }
}
