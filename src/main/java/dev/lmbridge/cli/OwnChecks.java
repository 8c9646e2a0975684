package dev.lmbridge.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lmbridge.settings.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What the service needs of the machine it runs on. */
final class OwnChecks {
    /** No release of this program is older. */
    private static final Instant BUILT_AFTER = Instant.parse("2025-09-01T00:00:00Z");

    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(5);
    private static final long LITTLE_SPACE = 1_000_000_000;
    private static final long NO_SPACE = 100_000_000;
    private static final long LARGEST_LIST = 4L << 20;

    private final Settings settings;
    private final Environment environment;

    OwnChecks(Settings settings, Environment environment) {
        this.settings = settings;
        this.environment = environment;
    }

    List<Finding> all() throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        findings.add(service());
        findings.addAll(dataFolder());
        findings.add(clock());
        Path list = settings.mcp().config();
        Path usual = Path.of(environment.variables().getOrDefault("HOME", "."), ".lmstudio", "mcp.json");
        if (list != null || Files.exists(usual)) {
            findings.add(toolServers(list == null ? usual : list));
        }
        return findings;
    }

    private Finding service() throws InterruptedException {
        String port = settings.http().host() + ":" + settings.http().port();
        try {
            Answer answer = new BridgeClient(ServiceAddress.find(null, settings)).get("/health/live", ANSWER_WITHIN);
            if (answer.isGood()) {
                return Finding.green("service", "It runs, at " + ServiceAddress.find(null, settings) + ".");
            }
            return Finding.yellow(
                    "service",
                    "It answers with status " + answer.status() + " at " + ServiceAddress.find(null, settings) + ".",
                    "If it was told to stop, wait; else look into its log.");
        } catch (CommandFailure absent) {
            if (absent.exitCode() != ExitCode.NOT_RUNNING || !isFree()) {
                return Finding.red(
                        "service",
                        "Port " + port + " is taken by something that is not LM Bridge, or that cannot be listened on.",
                        "Stop what listens there, or choose another port: lm-bridge serve --port 0, or http.port.");
            }
            return Finding.green(
                    "service",
                    settings.http().port() == 0
                            ? "It does not run; it will take any free port of "
                                    + settings.http().host() + "."
                            : "It does not run; its port " + port + " is free.");
        }
    }

    private boolean isFree() {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(
                    InetAddress.getByName(settings.http().host()),
                    settings.http().port()));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    private List<Finding> dataFolder() {
        Path folder = settings.dataDir();
        Path there = folder.toAbsolutePath();
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        if (there == null || !Files.isDirectory(there) || !isWritable(there)) {
            return List.of(Finding.red(
                    "data folder",
                    folder + " cannot be written to.",
                    "Give this user the right to write there, or set dataDir to another folder."));
        }
        String made = there.equals(folder.toAbsolutePath()) ? "" : " (will be made)";
        try {
            long free = Files.getFileStore(there).getUsableSpace();
            String left = folder + made + " can be written to; " + HumanText.size(free) + " are free there.";
            if (free < NO_SPACE) {
                return List.of(Finding.red("data folder", left, "Free some space on that disk."));
            }
            return List.of(
                    free < LITTLE_SPACE
                            ? Finding.yellow("data folder", left, "Free some space on that disk soon.")
                            : Finding.green("data folder", left));
        } catch (IOException unknown) {
            return List.of(Finding.yellow(
                    "data folder",
                    folder + made + " can be written to; how much space is left there cannot be told.",
                    "Look at that disk."));
        }
    }

    /** The rights may say yes where the disk says no: read-only mounts, quotas. */
    private static boolean isWritable(Path folder) {
        try {
            Files.delete(Files.createTempFile(folder, ".lm-bridge-doctor", ""));
            return true;
        } catch (IOException no) {
            return false;
        }
    }

    private Finding clock() {
        Instant now = environment.clock().instant();
        return now.isBefore(BUILT_AFTER)
                ? Finding.red(
                        "clock",
                        "This machine thinks it is " + now + ", which is before this program was made.",
                        "Set the clock, best by NTP: times to live and audit entries count on it.")
                : Finding.green("clock", "It is " + now + ".");
    }

    private static Finding toolServers(Path list) {
        String fix = "Correct it, or set mcp.config to another file.";
        try {
            if (Files.size(list) > LARGEST_LIST) {
                return Finding.red("tool servers", list + " is too large for a list of servers.", fix);
            }
            var json = new ObjectMapper().readTree(Files.readAllBytes(list));
            if (json == null || !json.path("mcpServers").isObject()) {
                return Finding.red("tool servers", list + " has no object mcpServers.", fix);
            }
            return Finding.green(
                    "tool servers", list + " lists " + json.path("mcpServers").size() + ".");
        } catch (JsonProcessingException malformed) {
            return Finding.red(
                    "tool servers",
                    list + " is not JSON: line " + malformed.getLocation().getLineNr() + ".",
                    fix);
        } catch (IOException unreadable) {
            return Finding.red("tool servers", list + " cannot be read.", fix);
        }
    }
}
