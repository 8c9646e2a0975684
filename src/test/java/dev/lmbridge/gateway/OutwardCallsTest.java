package dev.lmbridge.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.lmbridge.failure.FailureCode;
import dev.lmbridge.failure.FailureException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class OutwardCallsTest {
    private static BodyScan scan(String body, boolean imageUrls) {
        return BodyScan.of(body.replace('\'', '"').getBytes(StandardCharsets.UTF_8), imageUrls);
    }

    private static void isRefused(String body, boolean imageUrls, String field) {
        assertThatExceptionOfType(FailureException.class)
                .isThrownBy(() -> scan(body, imageUrls))
                .satisfies(error -> {
                    assertThat(error.failure().code()).isEqualTo(FailureCode.INVALID_REQUEST);
                    assertThat(error.failure().errors())
                            .singleElement()
                            .satisfies(fault -> assertThat(fault.field()).isEqualTo(field));
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'messages':[{'content':'x'},{'content':[{'type':'text'},{'type':'image_url','image_url':{'url':'http://a/b'}}]}]} | messages[1].content[1].image_url.url",
                "{'messages':[{'content':[{'image_url':'https://a/b'}]}]} | messages[0].content[0].image_url",
                "{'messages':[{'content':[{'image_url':{'url':' \\n h\\ttTps://a/b'}}]}]} | messages[0].content[0].image_url.url",
                "{'messages':[{'content':[{'image_url':{'url':'file:///etc/passwd'}}]}]} | messages[0].content[0].image_url.url",
                "{'messages':[{'content':[{'im\\u0061ge_url':{'u\\u0072l':'http://a'}}]}]} | messages[0].content[0].image_url.url",
                "{'messages':[{'content':[{'image_url':{'url':'http\\u003a//a'}}]}]} | messages[0].content[0].image_url.url",
                "{'messages':[{'content':[{'type':'image','source':{'type':'url','url':'http://a'}}]}]} | messages[0].content[0].source.url",
                "{'messages':[{'content':[{'type':'tool_result','content':[{'source':{'url':'http://a'}}]}]}]} | messages[0].content[0].content[0].source.url",
                "{'input':[{'role':'user','content':[{'type':'input_image','image_url':'http://a'}]}]} | input[0].content[0].image_url",
                "{'input':[{'type':'function_call_output','output':[{'image_url':'http://a'}]}]} | input[0].output[0].image_url",
                "{'input':[{'type':'image','data_url':'http://a'}]} | input[0].data_url",
                "{'input':[{'content':[{'file_url':'http://a'}]}]} | input[0].content[0].file_url",
                "{'system':[{'source':{'url':'http://a'}}]} | system[0].source.url",
            })
    void whatTheHostWouldFetchIsRefusedUnlessItIsAllowed(String body, String field) {
        isRefused(body, false, field);
        assertThat(scan(body, true)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'messages':[{'content':[{'image_url':{'url':'data:image/png;base64,AAAA'}}]}]}",
                "{'messages':[{'content':[{'image_url':{'url':' DATA:image/png;base64,AAAA'}}]}]}",
                "{'messages':[{'content':[{'image_url':{'url':'AAAA//8='}}]}]}",
                "{'messages':[{'content':'http://a/b'}]}",
                "{'messages':[{'content':[{'type':'text','text':'http://a/b'}]}]}",
                "{'messages':[{'content':[{'type':'tool_use','input':{'image_url':'http://a','source':{'url':'http://a'}}}]}]}",
                "{'messages':[{'tool_calls':[{'function':{'arguments':{'image_url':'http://a'}}}]}]}",
                "{'messages':{},'input':'http://a','image_url':'http://a','metadata':{'image_url':'http://a'}}",
                "{'messages':[[],[[]],{},null,7,{'content':[null,[],{}],'image_url':null,'source':[]}]}",
                "{'tools':[],'integrations':[],'mcp_servers':null}",
                "{'tools':[{'type':'function','function':{'parameters':{'type':'mcp','server_url':'x'}}}]}",
                "{'tools':[7,null,[],{}]}",
                "{'tools':{'type':'mcp'}}",
                "{'tools':null}",
            })
    void whatIsOnlyTextOrTravelsInTheRequestPasses(String body) {
        assertThat(scan(body, false)).isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'tools':[{'type':'function'},{'type':'mcp','server_label':'x'}]} | tools[1]",
                "{'tools':[{'server_url':'http://a'}]} | tools[0]",
                "{'integrations':['mcp/playwright']} | integrations",
                "{'integrations':[{'type':'ephemeral_mcp','server_url':'http://a'}]} | integrations",
                "{'integrations':'x'} | integrations",
                "{'mcp_servers':[{'type':'url','url':'http://a'}]} | mcp_servers",
            })
    void toolServersAreRefusedWhateverIsAllowed(String body, String field) {
        isRefused(body, false, field);
        isRefused(body, true, field);
    }

    @Test
    void everythingElseStillGoesOnByteForByte() {
        String body = "{'messages':[{'content':[{'image_url':{'url':'data:,x'}, 'x':[1.0,{}]}]}],'tools':[{'a':1.50}],"
                + "'model':'m','integrations':[ ],'n':1e3}";
        assertThat(scan(body, false).forwarded("m~1").toString())
                .isEqualTo(body.replace('\'', '"').replace("\"m\"", "\"m~1\""));
    }
}
