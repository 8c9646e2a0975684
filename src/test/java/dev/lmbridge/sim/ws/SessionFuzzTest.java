package dev.lmbridge.sim.ws;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** Valid frames with one value after the other replaced by something else, from a fixed seed. */
class SessionFuzzTest {
    private static final List<String> FRAMES = List.of(
            "{'type':'rpcCall','endpoint':'listLoaded','callId':1}",
            "{'type':'rpcCall','endpoint':'getModelInfo','callId':1,'parameter':{'specifier':{'type':'query','query':{'path':'x'}},'throwIfNotFound':true}}",
            "{'type':'rpcCall','endpoint':'getLoadConfig','callId':1,'parameter':{'specifier':{'type':'instanceReference','instanceReference':'sim-instance-1'}}}",
            "{'type':'rpcCall','endpoint':'getInstanceProcessingState','callId':1,'parameter':{'specifier':{'type':'query','query':{'identifier':'x'}}}}",
            "{'type':'rpcCall','endpoint':'unloadModel','callId':1,'parameter':{'identifier':'x','deviceIdentifier':null}}",
            "{'type':'rpcCall','endpoint':'estimateModelUsage','callId':1,'parameter':{'modelKey':'qwen/qwen3-4b','loadConfigStack':{'layers':[]}}}",
            "{'type':'rpcCall','endpoint':'listDownloadedModelVariants','callId':1,'parameter':{'modelKey':'qwen/qwen3-4b'}}",
            "{'type':'channelCreate','endpoint':'loadModel','channelId':2,'creationParameter':{'modelKey':'qwen/qwen3-4b','ttlMs':1000,'identifier':'x',"
                    + "'loadConfigStack':{'layers':[{'layerName':'apiOverride','config':{'fields':[{'key':'llm.load.contextLength','value':1}]}}]}}}",
            "{'type':'channelSend','channelId':2,'message':{'type':'cancel'}}",
            "{'type':'signalSubscribe','endpoint':'x','subscribeId':1,'creationParameter':null}",
            "{'type':'communicationWarning','warning':'x','kind':'y'}");
    private static final List<String> VALUES = List.of(
            "null",
            "true",
            "0",
            "-1",
            "1.5",
            "1e400",
            "9223372036854775807",
            "99999999999999999999",
            "''",
            "'x'",
            "[]",
            "[[]]",
            "{}",
            "{'type':'query'}",
            "'\\u0000'",
            "'" + "y".repeat(2000) + "'",
            "",
            "}",
            "\\");

    private final Logger log = (Logger) LoggerFactory.getLogger(Session.class);

    @BeforeEach
    void doNotLogThousandsOfLines() {
        log.setLevel(Level.OFF);
    }

    @AfterEach
    void logAgain() {
        log.setLevel(null);
    }

    @ParameterizedTest
    @EnumSource(Namespace.class)
    void aFrameIsAnsweredOrEndsTheConnectionButNeverThrows(Namespace namespace) {
        Random random = new Random(namespace.word().hashCode());
        int closed = 0;
        for (int round = 0; round < 500; round++) {
            Conversation client = Conversation.in(namespace);
            for (int frame = 0; frame < 4 && client.closeReason == null; frame++) {
                client.says(damaged(FRAMES.get(random.nextInt(FRAMES.size())), random));
                client.pass(Duration.ofSeconds(1));
            }
            List<JsonNode> heard = client.heard();
            assertThat(heard)
                    .allSatisfy(
                            frame -> assertThat(frame.path("type").isTextual()).isTrue());
            if (client.closeReason != null) {
                closed++;
                assertThat(client.closeReason).isNotBlank().hasSizeLessThan(120);
            }
        }
        assertThat(closed).isBetween(50, 490);
    }

    /** Replaces what stands after one of the colons, up to the next comma or bracket. */
    private static String damaged(String frame, Random random) {
        if (random.nextInt(4) == 0) {
            return frame;
        }
        int[] places = IntStream.range(0, frame.length())
                .filter(at -> frame.charAt(at) == ':')
                .toArray();
        int start = places[random.nextInt(places.length)] + 1;
        int end = start;
        while (end < frame.length() && ",}]".indexOf(frame.charAt(end)) < 0) {
            end++;
        }
        return frame.substring(0, start) + VALUES.get(random.nextInt(VALUES.size())) + frame.substring(end);
    }
}
