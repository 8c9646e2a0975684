package dev.lmbridge.cli;

import dev.lmbridge.lms.LmsCommand;
import dev.lmbridge.lms.LmsFailure;
import dev.lmbridge.lms.LmsFailures;
import dev.lmbridge.lms.LmsInstance;
import dev.lmbridge.lms.LmsOutcome;
import dev.lmbridge.lms.LmsOutput;
import dev.lmbridge.lms.LmsOutputException;
import dev.lmbridge.lms.LmsProcess;
import dev.lmbridge.lms.LmsProgress;
import dev.lmbridge.lms.LmsTarget;
import dev.lmbridge.settings.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One LM Studio machine: its HTTP API, its {@code lms}, and whether both lead to the same machine. */
final class HostChecks {
    private static final Duration VERSION_WITHIN = Duration.ofSeconds(15);

    /** A load or an unload between two looks makes them differ once, not always. */
    private static final int COMPARISONS = 3;

    private final Service.KnownHost host;
    private final Settings settings;
    private final HostProbe probe;
    private final List<Finding> findings = new ArrayList<>();

    HostChecks(Service.KnownHost host, Settings settings, Environment environment) {
        this.host = host;
        this.settings = settings;
        probe = new HostProbe(host, environment.clock());
    }

    List<Finding> all() throws InterruptedException {
        HostProbe.Seen seen = probe.look();
        findings.add(http(seen));
        seen.clockOff()
                .ifPresent(off -> findings.add(Finding.yellow(
                        name("clock"),
                        "Its clock and ours are " + HumanText.duration(off) + " apart.",
                        "Set both clocks, best by NTP.")));
        LmsProcess lms = lms();
        if (lms != null) {
            Optional<Set<String>> rows = answers(lms);
            if (rows.isPresent() && seen.loaded() != null) {
                findings.add(oneMachine(lms, rows.get(), seen.loaded()));
            }
        }
        return findings;
    }

    private String name(String what) {
        return what + " (" + host.name() + ")";
    }

    private Finding http(HostProbe.Seen seen) {
        String trouble = seen.trouble();
        return trouble == null
                ? Finding.green(name("lm studio"), "It answers at " + host.url() + ".")
                : Finding.red(name("lm studio"), trouble, seen.fix());
    }

    /** Nothing where there is none, or one that cannot be started. */
    private @Nullable LmsProcess lms() throws InterruptedException {
        if (host.lms() == null) {
            findings.add(
                    host.lmsWanted()
                            ? Finding.yellow(
                                    name("lms"),
                                    "The lms command was not found on PATH, nor at ~/.lmstudio/bin/lms. Models are loaded by"
                                            + " LM Studio's API, which takes no TTL (ttl_not_enforced_by_host).",
                                    "Install it with LM Studio, or set hosts[].lms to its path.")
                            : Finding.yellow(
                                    name("lms"),
                                    "It is configured without lms: models are loaded by LM Studio's API, which takes no TTL"
                                            + " (ttl_not_enforced_by_host).",
                                    "Set hosts[].lms to auto, or to its path."));
            return null;
        }
        int port = host.url().getPort() < 0 ? 80 : host.url().getPort();
        LmsProcess lms;
        try {
            lms = new LmsProcess(
                    new LmsTarget(
                            host.lms(), host.home(), String.valueOf(host.url().getHost()), port),
                    System::nanoTime);
        } catch (IllegalArgumentException refused) {
            findings.add(Finding.red(
                    name("lms"),
                    "lms cannot be told to go there: " + refused.getMessage(),
                    "Give the host a name without a colon."));
            return null;
        }
        LmsCommand version = new LmsCommand.Version();
        LmsOutcome outcome = run(lms, version, VERSION_WITHIN);
        Optional<LmsFailure> failure = LmsFailures.classify(version, outcome);
        if (failure.isPresent()) {
            findings.add(Finding.red(
                    name("lms"),
                    host.lms() + " does not work: " + failure.get().said(),
                    "Install LM Studio's lms anew (npx lmstudio install-cli), or set hosts[].lms to one that works."));
            return null;
        }
        String told = HumanText.oneLine(outcome.stdout().strip());
        findings.add(Finding.green(name("lms"), host.lms() + (told.isEmpty() ? "" : " (" + told + ")")));
        return lms;
    }

    private Optional<Set<String>> answers(LmsProcess lms) throws InterruptedException {
        LmsCommand ps = new LmsCommand.Ps();
        LmsOutcome outcome = run(lms, ps, settings.loader().commandTimeout());
        Optional<LmsFailure> failure = LmsFailures.classify(ps, outcome);
        if (failure.isEmpty()) {
            findings.add(Finding.green(name("lms answers"), "lms ps took " + HumanText.duration(outcome.took()) + "."));
            return Optional.of(identifiers(outcome));
        }
        String fix = switch (failure.get().kind()) {
            case HOST_DOWN -> "Start LM Studio's server there: lms server start.";
            case KEY_FILE_MISSING -> "Set hosts[].home to the home of the user that LM Studio runs as.";
            case TIMED_OUT -> "Restart LM Studio; if its server wants a token, this lms may not have it.";
            default ->
                "Run it by hand and see: " + host.lms() + " ps --json --host "
                        + host.url().getHost() + " --port " + host.url().getPort();
        };
        findings.add(Finding.red(name("lms answers"), failure.get().said(), fix));
        return Optional.empty();
    }

    private Finding oneMachine(LmsProcess lms, Set<String> byLms, Set<String> byHttp) throws InterruptedException {
        Set<String> one = byLms;
        Set<String> other = byHttp;
        for (int again = 1; again < COMPARISONS && !one.equals(other); again++) {
            Set<String> looked = probe.look().loaded();
            LmsOutcome outcome = run(lms, new LmsCommand.Ps(), settings.loader().commandTimeout());
            if (looked != null && outcome.succeeded()) {
                other = looked;
                one = identifiers(outcome);
            }
        }
        return one.equals(other)
                ? Finding.green(
                        name("one machine"),
                        one.isEmpty()
                                ? "lms and HTTP agree that nothing is loaded."
                                : "lms and HTTP show the same: " + String.join(", ", one) + ".")
                : Finding.red(
                        name("one machine"),
                        "lms shows " + one + ", HTTP shows " + other + ": they lead to two machines.",
                        "Let hosts[].url be the address of the LM Studio that this lms belongs to.");
    }

    private static Set<String> identifiers(LmsOutcome ps) {
        try {
            return LmsOutput.instances(ps).stream()
                    .map(LmsInstance::identifier)
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (LmsOutputException unreadable) {
            return Set.of();
        }
    }

    /** A call ends by itself, at most ten seconds after its deadline. */
    private static LmsOutcome run(LmsProcess lms, LmsCommand command, Duration within) throws InterruptedException {
        try {
            return lms.start(command, within, LmsProgress.UNHEARD)
                    .outcome()
                    .toCompletableFuture()
                    .get();
        } catch (ExecutionException never) {
            throw new IllegalStateException(never);
        }
    }
}
