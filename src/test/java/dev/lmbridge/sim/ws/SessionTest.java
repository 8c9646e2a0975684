package dev.lmbridge.sim.ws;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SessionTest {
    @Test
    void theFirstFrameAuthenticates() {
        Conversation client = Conversation.strange(Namespace.LLM);
        client.says("{'authVersion':1,'clientIdentifier':'lms-cli','clientPasskey':'secret'}");
        assertThat(client.heard()).hasToString("[{\"success\":true}]");
        assertThat(client.session.authenticated()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {'authVersion':2,'clientIdentifier':'a','clientPasskey':'b'} | "authVersion" must be 1.
            {'authVersion':1,'clientPasskey':'b'}                        | "clientIdentifier" must be a string.
            {'authVersion':1,'clientIdentifier':'a','clientPasskey':5}   | "clientPasskey" must be a string.
            {'type':'rpcCall','endpoint':'listLoaded','callId':0}        | "authVersion" must be an integer.
            hello                                                        | The frame is not JSON.
            """, quoteCharacter = '`')
    void aWrongGreetingIsRejectedAndEndsTheConnection(String frame, String reason) {
        Conversation client = Conversation.strange(Namespace.LLM);
        client.says(frame);
        assertThat(client.heard()).singleElement().satisfies(answer -> {
            assertThat(answer.path("success").booleanValue()).isFalse();
            assertThat(answer.path("error").textValue()).isEqualTo(reason);
        });
        assertThat(client.closeCode).isEqualTo(1008);
        assertThat(client.closeReason).isEqualTo(reason);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            not json                                          | The frame is not JSON.
            ``                                                | The frame is not a JSON object.
            [1]                                               | The frame is not a JSON object.
            {}                                                | "type" must be a string.
            {'type':'shout'}                                  | "type" is not one that a client may send.
            {'type':'rpcCall','endpoint':'listLoaded'}        | "callId" must be an integer.
            {'type':'rpcCall','callId':1.5,'endpoint':'x'}    | "callId" must be an integer.
            {'type':'rpcCall','callId':9e99,'endpoint':'x'}   | "callId" must be an integer.
            {'type':'rpcCall','callId':1,'endpoint':null}     | "endpoint" must be a string.
            {'type':'channelSend','message':{}}               | "channelId" must be an integer.
            """, quoteCharacter = '`')
    void aMalformedFrameEndsTheConnectionAndSaysWhy(String frame, String reason) {
        Conversation client = Conversation.in(Namespace.LLM);
        client.says(frame);
        assertThat(client.closeCode).isEqualTo(1002);
        assertThat(client.closeReason).isEqualTo(reason);
        client.says("{'type':'keepAlive'}");
        assertThat(client.heard()).isEmpty();
    }

    @Test
    void aFrameThatIsTooLongIsNotRead() {
        Conversation client = Conversation.in(Namespace.LLM);
        client.says("{'type':'communicationWarning','warning':'" + "x".repeat(FrameReader.MAX_LENGTH) + "'}");
        assertThat(client.closeReason).contains("at most 65536");
    }

    @Test
    void deeplyNestedJsonIsRefusedLikeAnyOtherThatCannotBeRead() {
        Conversation client = Conversation.in(Namespace.LLM);
        client.says("[".repeat(20_000));
        assertThat(client.closeReason).isEqualTo("The frame is not JSON.");
    }

    @Test
    void keepAliveIsAcknowledged() {
        Conversation client = Conversation.in(Namespace.LLM);
        client.says("{'type':'keepAlive'}");
        assertThat(client.heard()).hasToString("[{\"type\":\"keepAliveAck\"}]");
    }

    @Test
    void anUnknownEndpointIsAnErrorOfTheCallOnly() {
        Conversation client = Conversation.in(Namespace.SYSTEM);
        assertThat(client.calls("launchRockets", "null")
                        .path("error")
                        .path("title")
                        .textValue())
                .isEqualTo("Received an RPC call for unknown endpoint launchRockets.");
        client.says("{'type':'channelCreate','channelId':1,'endpoint':'predict','creationParameter':null}");
        client.says("{'type':'signalSubscribe','subscribeId':2,'endpoint':'s','creationParameter':null}");
        client.says("{'type':'writableSignalSubscribe','subscribeId':3,'endpoint':'w','creationParameter':null}");
        assertThat(client.heard())
                .extracting(frame -> frame.path("type").textValue())
                .containsExactly("channelError", "signalError", "writableSignalError");
        assertThat(client.closeReason).isNull();
    }

    @Test
    void framesWithoutConsequenceAreTaken() {
        Conversation client = Conversation.in(Namespace.LLM);
        client.says("{'type':'channelAck','channelId':1,'ackId':1}");
        client.says("{'type':'signalUnsubscribe','subscribeId':1}");
        client.says("{'type':'channelSend','channelId':99,'message':{'type':'cancel'}}");
        client.says("{'type':'communicationWarning','warning':'odd'}");
        assertThat(client.heard()).isEmpty();
        assertThat(client.closeReason).isNull();
    }

    @Test
    void oneChannelNumberCannotBeOpenTwice() {
        Conversation client = Conversation.in(Namespace.LLM);
        client.loads("llama-3.2-1b-instruct", "", "").loads("llama-3.2-1b-instruct", "", "");
        assertThat(client.closeReason).isEqualTo("\"channelId\" 3 is open already.");
    }

    @Test
    void theNumberOfOpenChannelsIsLimited() {
        Conversation client = Conversation.in(Namespace.LLM);
        for (int id = 0; id <= Session.MAX_CHANNELS; id++) {
            client.says("{'type':'channelCreate','channelId':" + id + ",'endpoint':'loadModel','creationParameter':"
                    + "{'modelKey':'llama-3.2-1b-instruct','loadConfigStack':{'layers':[]}}}");
        }
        assertThat(client.heard()).singleElement().satisfies(frame -> {
            assertThat(frame.path("type").textValue()).isEqualTo("channelError");
            assertThat(frame.path("channelId").intValue()).isEqualTo(Session.MAX_CHANNELS);
        });
    }
}
