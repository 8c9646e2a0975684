package dev.lmbridge.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.lmbridge.sim.LmsCall.Outcome;
import dev.lmbridge.testing.RealLms;
import dev.lmbridge.testing.SimulatedLmStudio;
import dev.lmbridge.testing.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * LM Studio and its HTTP server, switched on and off by the genuine {@code lms}, which finds the simulation by its home; and by the
 * stand-in on a second simulation, which must answer alike. {@code PORT} stands for the port of the HTTP server.
 */
class RealLmsPowerIT {
    /** In this order: what a call finds is what those before it have left. */
    private static final List<String> SCRIPT = List.of(
            "server status",
            "server status --json",
            "status",
            "daemon status",
            "daemon status --json",
            "daemon up",
            "daemon up --json",
            "daemon update",
            "version --json",
            "ps --json --port PORT",
            "ps --host 127.0.0.1 --json",
            "ps --host http://x",
            "ps --host x:1",
            "ps --host ::1",
            "ps --port 1",
            "ps --port 70000",
            "server start --port 1.5",
            "server start --port -1",
            "server start --port 0",
            "server stop now",
            "log stream -s x",
            "log stream -s server --stats",
            "log stream -s server --filter input",
            "log stream --filter x",
            "log stream --filter=",
            "status --json",
            "status --port 1",
            "load text-embedding-nomic-embed-text-v1.5 -y",
            "load llama-3.2-1b-instruct -y",
            "status",
            "server stop",
            "server stop",
            "server status",
            "server status --json",
            "status",
            "ps --port PORT",
            "ps --port PORT --quiet",
            "unload --all",
            "server start",
            "server status --json",
            "server start --cors",
            "server start --bind 0.0.0.0",
            "server start --bind 192.0.2.1",
            "server status --json",
            "server start --quiet",
            "daemon status",
            "daemon down",
            "daemon down",
            "daemon status",
            "daemon status --json",
            "server status --json",
            "server stop",
            "status",
            "ps --json --port PORT");

    /** LM Studio is down, and nothing that could be started is installed. */
    private static final List<String> NOTHING_INSTALLED = List.of(
            "ps --json",
            "ps --quiet",
            "load foo --ttl 10 -y --quiet",
            "server start",
            "daemon up --json",
            "log stream");

    /** LM Studio is down and installed; each finds it down. */
    private static final List<String> INSTALLED = List.of("ps --json", "daemon up", "daemon up --json --quiet");

    private RealLms real;
    private SimulatedLmStudio ofReal;
    private SimulatedLmStudio ofStandIn;

    @BeforeEach
    void start() {
        Optional<RealLms> found = RealLms.find();
        assumeTrue(found.isPresent(), "there is no genuine lms (LM_BRIDGE_REAL_LMS) or no node on this machine");
        real = found.orElseThrow();
        ofReal = SimulatedLmStudio.start();
        ofStandIn = SimulatedLmStudio.start();
    }

    @AfterEach
    void stop() {
        Stream.of(ofReal, ofStandIn).filter(each -> each != null).forEach(SimulatedLmStudio::close);
    }

    @Test
    void thePowerCommandsAnswerLikeTheRealOnes() throws IOException {
        compare(SCRIPT, false);
        ofStandIn.fault("{\"kind\":\"lms-not-running\"}");
        compare(NOTHING_INSTALLED, false);
        ofStandIn.noFaults();
        install();
        compare(INSTALLED, true);
        int calls = SCRIPT.size() + NOTHING_INSTALLED.size() + INSTALLED.size();
        System.out.println(
                "Compared " + calls + " calls of the genuine lms with the stand-in: " + calls + " alike (power)");
    }

    @Test
    void aLogStreamShowsTheSameUntilItIsInterrupted() throws Exception {
        List<String> arguments = List.of("log", "stream", "--json", "--filter", "input");
        Outcome first = stream(ofReal, real.command(arguments));
        assertThat(first.code()).isZero();
        assertThat(first.err()).isEqualTo("Streaming logs from LM Studio\n\n");
        assertThat(first.out().lines())
                .isNotEmpty()
                .allSatisfy(line -> assertThat(line)
                        .matches(
                                "\\{\"timestamp\":\\d+,\"data\":\\{\"type\":\"llm.prediction.input\",\"input\":\"[^\"]+\","
                                        + "\"modelPath\":\"[^\"]+\",\"modelIdentifier\":\"llama-3.2-1b-instruct\"}}"));
        Outcome second = stream(ofStandIn, standIn(arguments));
        assertThat(second.code()).isZero();
        assertThat(second.err()).isEqualTo(first.err());
        assertThat(firstLine(second)).isEqualTo(firstLine(first));
    }

    private Outcome stream(SimulatedLmStudio studio, List<String> command) throws Exception {
        LmsCall call = LmsCall.start(command, studio.home(), Map.of());
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest chat = HttpRequest.newBuilder(URI.create(studio.url() + "/v1/chat/completions"))
                    .POST(
                            HttpRequest.BodyPublishers.ofString(
                                    "{\"model\":\"llama-3.2-1b-instruct\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}"))
                    .build();
            // It may begin to listen a while after it says so: the question is asked until it has seen one.
            Waiting.until("it shows an entry", () -> {
                try {
                    client.send(chat, BodyHandlers.ofString());
                    return call.hasPrinted();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException(e);
                }
            });
        }
        call.interrupt();
        return call.outcome("");
    }

    private static String firstLine(Outcome outcome) {
        return outcome.out().lines().findFirst().orElse("").replaceAll("\"timestamp\":\\d+", "\"timestamp\":0");
    }

    private void compare(List<String> script, boolean downFirst) throws IOException {
        for (String line : script) {
            if (downFirst) {
                run(ofReal, List.of(ofReal.lms().toString(), "daemon", "down"));
                run(ofStandIn, List.of(ofStandIn.lms().toString(), "daemon", "down"));
            }
            Outcome theirs = run(ofReal, real.command(words(line, ofReal)));
            Outcome ours = run(ofStandIn, standIn(words(line, ofStandIn)));
            assertThat(ours).as("lms " + line).isEqualTo(theirs);
        }
    }

    /** What the genuine one starts when LM Studio is down: the way in which the stand-in does it. */
    private void install() throws IOException {
        Path program = ofReal.home().resolve("start-lm-studio");
        Files.writeString(program, "#!/bin/sh\nexec '" + ofReal.lms() + "' daemon up\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(
                ofReal.home().resolve(".lmstudio/.internal/llmster-install-location.json"),
                "{\"path\":\"" + program + "\",\"argv\":[\"" + program + "\"],\"cwd\":\"" + ofReal.home() + "\"}");
    }

    private static List<String> words(String line, SimulatedLmStudio studio) {
        return Arrays.stream(line.split(" ", -1))
                .map(word -> word.equals("PORT") ? Integer.toString(studio.port()) : word)
                .toList();
    }

    private List<String> standIn(List<String> arguments) {
        List<String> command = new ArrayList<>(List.of(ofStandIn.lms().toString()));
        command.addAll(arguments);
        return command;
    }

    /** What is left when ports, process ids, homes and the commit of the client are taken out. */
    private static Outcome run(SimulatedLmStudio studio, List<String> command) throws IOException {
        Outcome outcome = LmsCall.run(command, studio.home(), Map.of()).comparable(studio.port());
        return new Outcome(outcome.code(), plain(outcome.out(), studio), plain(outcome.err(), studio));
    }

    private static String plain(String text, SimulatedLmStudio studio) {
        return text.replaceAll("\\b" + studio.port() + "\\b", "<port>")
                .replaceAll("\\b" + studio.pid() + "\\b", "<pid>")
                .replace(studio.home().toString(), "<home>")
                .replaceAll("\\{\"version\":\"[^\"]+\"}", "{\"version\":\"<commit>\"}");
    }
}
