package dev.lmbridge.sim.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.lmbridge.sim.chat.ChatRequest;
import dev.lmbridge.sim.chat.ChatRequest.Image;
import dev.lmbridge.sim.chat.ChatRequest.Message;
import dev.lmbridge.sim.chat.ChatRequest.Tool;
import dev.lmbridge.sim.chat.ChatRequest.ToolCall;
import dev.lmbridge.sim.chat.ChatRequest.ToolChoice;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the models are asked: the same from the bodies of all three APIs. */
final class RequestBodiesTest {
    private static final String SCHEMA = "{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}";
    private static final List<Message> CONVERSATION = List.of(
            Message.of("system", "Be brief."),
            new Message("user", "Look:", List.of(new Image("data:image/png;base64,AAAA")), List.of(), null),
            new Message(
                    "assistant", "", List.of(), List.of(new ToolCall("c1", "weather", "{\"city\":\"Oslo\"}")), null),
            new Message("tool", "rain", List.of(), List.of(), "c1"),
            Message.of("user", "And?"));

    @Test
    void aChatOfOpenAi() throws Exception {
        ObjectNode body = body("""
                {"messages":[
                  {"role":"developer","content":"Be brief."},
                  {"role":"user","content":[{"type":"text","text":"Look:"},
                    {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},
                  {"role":"assistant","content":null,"tool_calls":[
                    {"id":"c1","type":"function","function":{"name":"weather","arguments":"{\\"city\\":\\"Oslo\\"}"}}]},
                  {"role":"tool","tool_call_id":"c1","content":"rain"},
                  {"role":"user","content":"And?"}],
                 "tools":[{"type":"function","function":{"name":"weather","description":"d","parameters":%s}}],
                 "tool_choice":"required","max_tokens":7,"stop":"x","seed":3,"reasoning_effort":"none",
                 "response_format":{"type":"json_schema","json_schema":{"name":"n","strict":"true","schema":%s}}}
                """.formatted(SCHEMA, SCHEMA));
        assertThat(ChatBodies.problem(body)).isNull();
        ChatRequest request = ChatBodies.chat(body);
        assertThat(request.messages()).isEqualTo(CONVERSATION);
        assertThat(request.tools()).containsExactly(tool());
        assertThat(request.toolChoice()).isEqualTo(ToolChoice.REQUIRED);
        assertThat(request.schema()).isEqualTo(body(SCHEMA));
        assertThat(request.limits()).isEqualTo(new ChatRequest.Limits(7, List.of("x"), 3L, false));
    }

    @Test
    void anImageCanBeABareText() throws Exception {
        ObjectNode body = body("{\"messages\":[{\"role\":\"user\",\"content\":"
                + "[{\"type\":\"image_url\",\"image_url\":\"http://x/y.png\"}]}]}");
        assertThat(ChatBodies.chat(body).messages().getFirst().images()).containsExactly(new Image("http://x/y.png"));
    }

    @Test
    void aResponseOfOpenAi() throws Exception {
        ObjectNode body = body("""
                {"instructions":"Be brief.","input":[
                  {"role":"user","content":[{"type":"input_text","text":"Look:"},
                    {"type":"input_image","image_url":"data:image/png;base64,AAAA"}]},
                  {"type":"reasoning","summary":[]},
                  {"type":"function_call","call_id":"c1","name":"weather","arguments":"{\\"city\\":\\"Oslo\\"}"},
                  {"type":"function_call_output","call_id":"c1","output":"rain"},
                  {"type":"message","role":"user","content":"And?"}],
                 "tools":[{"type":"function","name":"weather","description":"d","parameters":%s},
                          {"type":"mcp","server_label":"x","server_url":"http://x"}],
                 "tool_choice":"none","max_output_tokens":7,"reasoning":{"effort":"low"},
                 "text":{"format":{"type":"json_schema","name":"n","schema":%s}}}
                """.formatted(SCHEMA, SCHEMA));
        assertThat(ResponsesBodies.problem(body)).isNull();
        ChatRequest request = ResponsesBodies.request(body, ResponsesBodies.input(body));
        assertThat(request.messages()).isEqualTo(CONVERSATION);
        assertThat(request.tools()).containsExactly(tool());
        assertThat(request.toolChoice()).isEqualTo(ToolChoice.NONE);
        assertThat(request.schema()).isEqualTo(body(SCHEMA));
        assertThat(request.limits()).isEqualTo(new ChatRequest.Limits(7, List.of(), null, true));
    }

    @Test
    void callsOfOneAnswerStayTogether() throws Exception {
        ObjectNode body =
                body("{\"input\":[{\"type\":\"function_call\",\"call_id\":\"1\",\"name\":\"a\",\"arguments\":\"{}\"},"
                        + "{\"type\":\"function_call\",\"call_id\":\"2\",\"name\":\"b\",\"arguments\":\"{}\"}]}");
        assertThat(ResponsesBodies.input(body))
                .singleElement()
                .satisfies(message ->
                        assertThat(message.calls()).extracting(ToolCall::tool).containsExactly("a", "b"));
    }

    @Test
    void aMessageOfAnthropic() throws Exception {
        ObjectNode body = body("""
                {"system":[{"type":"text","text":"Be brief."}],"max_tokens":7,"messages":[
                  {"role":"user","content":[{"type":"text","text":"Look:"},
                    {"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}}]},
                  {"role":"assistant","content":[{"type":"tool_use","id":"c1","name":"weather","input":{"city":"Oslo"}}]},
                  {"role":"user","content":[
                    {"type":"tool_result","tool_use_id":"c1","content":[{"type":"text","text":"rain"}]},
                    {"type":"text","text":"And?"}]}],
                 "tools":[{"name":"other","input_schema":{}},{"name":"weather","description":"d","input_schema":%s}],
                 "tool_choice":{"type":"tool","name":"weather"},"stop_sequences":["x"],
                 "thinking":{"type":"enabled","budget_tokens":1024}}
                """.formatted(SCHEMA));
        assertThat(MessagesBodies.problem(body)).isNull();
        ChatRequest request = MessagesBodies.request(body);
        assertThat(request.messages()).isEqualTo(CONVERSATION);
        assertThat(request.tools()).containsExactly(tool());
        assertThat(request.toolChoice()).isEqualTo(ToolChoice.REQUIRED);
        assertThat(request.limits()).isEqualTo(new ChatRequest.Limits(7, List.of("x"), null, true));
    }

    @Test
    void anyMeansRequired() throws Exception {
        ObjectNode body = body("{\"max_tokens\":1,\"messages\":[],\"tool_choice\":{\"type\":\"any\"}}");
        assertThat(MessagesBodies.request(body).toolChoice()).isEqualTo(ToolChoice.REQUIRED);
    }

    private static Tool tool() throws JsonProcessingException {
        return new Tool("weather", "d", body(SCHEMA));
    }

    private static ObjectNode body(String json) throws JsonProcessingException {
        return (ObjectNode) Replies.JSON.readTree(json);
    }
}
