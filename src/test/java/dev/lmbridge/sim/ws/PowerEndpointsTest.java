package dev.lmbridge.sim.ws;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.sim.logs.LogEntry;
import dev.lmbridge.sim.machine.Power;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class PowerEndpointsTest {
    @Test
    void infoHasWhatTheRealOneReads() {
        JsonNode info = Conversation.in(Namespace.SYSTEM).calls("info", "null").path("result");
        assertThat(info.path("pid").isIntegralNumber()).isTrue();
        assertThat(info.path("isDaemon").isBoolean()).isTrue();
        assertThat(info.path("version").textValue()).isEqualTo(Power.VERSION);
    }

    @Test
    void theHttpServerIsStartedAndStopped() {
        Conversation client = Conversation.in(Namespace.SYSTEM);
        Power power = client.machine.power();
        JsonNode answer = client.calls("startHttpServer", "{'port':4321,'cors':true,'networkInterface':'0.0.0.0'}");
        assertThat(answer.path("type").textValue()).isEqualTo("rpcResult");
        assertThat(answer.has("result")).isFalse();
        assertThat(power.lastHttp()).hasValue(new Power.Http(4321, "0.0.0.0", true));
        assertThat(power.httpPort()).hasValue(4321);
        client.calls("stopHttpServer", "null");
        client.pass(Duration.ZERO);
        assertThat(power.httpPort()).isEmpty();
        client.calls("startHttpServer", "{}");
        assertThat(power.lastHttp()).hasValue(new Power.Http(4321, "127.0.0.1", false));
    }

    @Test
    void aPortOutOfRangeIsRefusedByItsName() {
        Conversation client = Conversation.in(Namespace.SYSTEM);
        for (String port : new String[] {"0", "65536", "'x'"}) {
            assertThat(client.calls("startHttpServer", "{'port':" + port + "}")
                            .path("error")
                            .path("title")
                            .textValue())
                    .contains("\"port\"");
        }
        assertThat(client.machine.power().httpPort()).isEmpty();
    }

    @Test
    void aShutdownIsAnsweredBeforeItHappens() {
        Conversation client = Conversation.in(Namespace.SYSTEM);
        assertThat(client.calls("requestShutdown", "null").path("type").textValue())
                .isEqualTo("rpcResult");
        assertThat(client.machine.power().isUp()).isTrue();
        client.pass(Duration.ZERO);
        assertThat(client.machine.power().isUp()).isFalse();
    }

    @Test
    void aLogChannelCarriesEntriesUntilItIsStopped() {
        Conversation client = Conversation.in(Namespace.DIAGNOSTICS);
        client.says("{'type':'channelCreate','channelId':4,'endpoint':'streamLogs','creationParameter':null}");
        client.machine.logs().server(LogEntry.Level.INFO, () -> "one");
        assertThat(client.heard()).singleElement().satisfies(frame -> {
            assertThat(frame.path("channelId").intValue()).isEqualTo(4);
            assertThat(frame.path("message").path("type").textValue()).isEqualTo("log");
            assertThat(frame.path("message").path("log").path("data"))
                    .hasToString("{\"type\":\"server.log\",\"content\":\"one\",\"level\":\"info\"}");
        });
        client.says("{'type':'channelSend','channelId':4,'message':{'type':'stop'}}");
        assertThat(client.heard())
                .extracting(frame -> frame.path("type").textValue())
                .containsExactly("channelClose");
        client.machine.logs().tell(() -> {
            throw new AssertionError("nobody listens any more");
        });
    }

    @Test
    void aLostConnectionEndsTheListening() {
        Conversation client = Conversation.in(Namespace.DIAGNOSTICS);
        client.says("{'type':'channelCreate','channelId':4,'endpoint':'streamLogs','creationParameter':null}");
        client.session.abandoned();
        client.machine.logs().tell(() -> {
            throw new AssertionError("nobody listens any more");
        });
        assertThat(client.heard()).isEmpty();
    }
}
