package dev.lmbridge.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.settings.Problem;
import dev.lmbridge.settings.Settings;
import dev.lmbridge.settings.SettingsException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "doctor",
        description = {
            "Look at everything the service needs, and tell what is wrong and how to mend it.",
            "Changes nothing and needs no running service. Exit code 1 if anything is red."
        })
final class DoctorCommand implements Callable<Integer> {
    private final Environment environment;
    private final Service service;

    @Mixin
    private ConfigOptions config = new ConfigOptions();

    @Option(names = "--json", description = "Print the findings as JSON.")
    private boolean json;

    DoctorCommand(Environment environment, Service service) {
        this.environment = environment;
        this.service = service;
    }

    @Override
    public Integer call() throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        try {
            Settings settings = config.load(environment, Map.of());
            findings.add(configuration(settings));
            findings.addAll(new OwnChecks(settings, environment).all());
            List<Service.KnownHost> hosts = service.hosts(settings, environment);
            if (hosts.isEmpty()) {
                findings.add(
                        Finding.yellow(
                                "lm studio",
                                "No LM Studio was found on this machine: the service runs on the simulated one.",
                                "Install LM Studio from https://lmstudio.ai, or name a machine under hosts in the configuration."));
            }
            for (Service.KnownHost host : hosts) {
                findings.addAll(new HostChecks(host, settings, environment).all());
            }
        } catch (SettingsException refused) {
            for (Problem problem : refused.problems()) {
                findings.add(Finding.red(
                        "configuration", problem.toString(), "Correct it; lm-bridge check tells when it is good."));
            }
        }
        return tell(findings);
    }

    private static Finding configuration(Settings settings) {
        String file = settings.file() == null ? "defaults, no file" : String.valueOf(settings.file());
        List<String> without = settings.notYetActedOn();
        return without.isEmpty()
                ? Finding.green("configuration", "It is good (" + file + ").")
                : Finding.yellow(
                        "configuration",
                        "It is good (" + file + "), but this version does not act on " + String.join(", ", without)
                                + ".",
                        "Nothing, unless you count on them.");
    }

    private int tell(List<Finding> findings) {
        boolean bad = findings.stream().anyMatch(finding -> finding.level() == Finding.Level.RED);
        if (json) {
            ObjectNode body = JsonNodeFactory.instance.objectNode().put("ok", !bad);
            ArrayNode rows = body.putArray("findings");
            findings.forEach(finding -> rows.add(finding.json()));
            environment.out().println(body.toPrettyString());
        } else {
            print(findings);
        }
        return bad ? ExitCode.FAILED : ExitCode.OK;
    }

    private void print(List<Finding> findings) {
        PrintStream out = environment.out();
        int width =
                findings.stream().mapToInt(each -> each.check().length()).max().orElse(0);
        for (Finding finding : findings) {
            String check = finding.check() + " ".repeat(width - finding.check().length());
            out.println(mark(finding.level()) + "  " + check + "  " + HumanText.oneLine(finding.message()));
            if (finding.fix() != null) {
                out.println(" ".repeat(8 + width) + "fix: " + HumanText.oneLine(finding.fix()));
            }
        }
        long red = count(findings, Finding.Level.RED);
        long yellow = count(findings, Finding.Level.YELLOW);
        out.println();
        out.println(
                red + yellow == 0
                        ? "All is well."
                        : red + (red == 1 ? " thing is" : " things are") + " wrong, " + yellow + " could be better.");
    }

    private String mark(Finding.Level level) {
        boolean colour = environment.terminal();
        return switch (level) {
            case GREEN -> colour ? "\u001b[32m✔ ok\u001b[0m" : "ok  ";
            case YELLOW -> colour ? "\u001b[33m● so\u001b[0m" : "so  ";
            case RED -> colour ? "\u001b[31m✘ no\u001b[0m" : "no  ";
        };
    }

    private static long count(List<Finding> findings, Finding.Level level) {
        return findings.stream().filter(finding -> finding.level() == level).count();
    }
}
