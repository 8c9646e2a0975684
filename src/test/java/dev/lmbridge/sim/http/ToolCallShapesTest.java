package dev.lmbridge.sim.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.lmbridge.sim.RunningSim;
import dev.lmbridge.sim.RunningSim.Event;
import dev.lmbridge.sim.SimulatedTime;
import dev.lmbridge.sim.calls.CallLog;
import dev.lmbridge.sim.faults.Fault;
import dev.lmbridge.sim.faults.FaultKind;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.LoadListener;
import dev.lmbridge.sim.machine.LoadRequest;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.Script;
import dev.lmbridge.sim.machine.SimMachine;
import dev.lmbridge.sim.machine.Token;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls of tools in the answers of each API, whole and as a stream. */
final class ToolCallShapesTest {
    private static final List<Token> TWO_CALLS = List.of(
            new Token.CallOpening(0, "111", "weather"),
            new Token.CallArguments(0, "{\"city\":"),
            new Token.CallArguments(0, "\"Oslo\"}"),
            new Token.CallOpening(1, "222", "time"),
            new Token.CallArguments(1, "{}"));

    private final SimulatedTime time = new SimulatedTime();
    private final SimMachine machine = time.machine();

    private Instance instance;

    @BeforeEach
    void load() {
        machine.load(LoadRequest.of(RunningSim.LLAMA), new LoadListener() {
            @Override
            public void loaded(Instance made) {}

            @Override
            public void failed(Refusal refusal) {
                throw new AssertionError(refusal.title());
            }
        });
        time.pass(machine, Duration.ofSeconds(2));
        instance = machine.loaded().getFirst();
    }

    @Test
    void aWholeChatListsTheCallsAndHasNoContent() {
        JsonNode choice = chat().whole(answer(TWO_CALLS)).path("choices").path(0);
        assertThat(choice.path("finish_reason").asText()).isEqualTo("tool_calls");
        assertThat(choice.path("message").has("content")).isFalse();
        JsonNode call = choice.path("message").path("tool_calls").path(0);
        assertThat(call.toString())
                .isEqualTo("{\"id\":\"111\",\"type\":\"function\",\"function\":{\"name\":\"weather\","
                        + "\"arguments\":\"{\\\"city\\\":\\\"Oslo\\\"}\"}}");
        assertThat(choice.path("message").path("tool_calls")).hasSize(2);
    }

    @Test
    void aStreamedChatOpensACallAndThenGivesOnlyPiecesOfItsArguments() throws IOException {
        List<Event> events = stream(chat(), TWO_CALLS);
        assertThat(delta(events, 0)).isEqualTo("{\"role\":\"assistant\"}");
        assertThat(delta(events, 1))
                .isEqualTo("{\"tool_calls\":[{\"index\":0,\"id\":\"111\",\"type\":\"function\","
                        + "\"function\":{\"name\":\"weather\",\"arguments\":\"\"}}]}");
        assertThat(delta(events, 2))
                .isEqualTo("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"city\\\":\"}}]}");
        assertThat(delta(events, 5)).isEqualTo("{\"tool_calls\":[{\"index\":1,\"function\":{\"arguments\":\"{}\"}}]}");
        assertThat(events.getLast()
                        .data()
                        .path("choices")
                        .path(0)
                        .path("finish_reason")
                        .asText())
                .isEqualTo("tool_calls");
    }

    @Test
    void aResponseHasAnItemForEachCall() throws IOException {
        JsonNode output = responses().whole(answer(TWO_CALLS)).path("output");
        assertThat(output).hasSize(2);
        assertThat(output.path(0).path("type").asText()).isEqualTo("function_call");
        assertThat(output.path(0).path("call_id").asText()).isEqualTo("111");
        assertThat(output.path(0).path("arguments").asText()).isEqualTo("{\"city\":\"Oslo\"}");
        List<Event> events = stream(responses(), TWO_CALLS);
        assertThat(events)
                .extracting(Event::name)
                .containsExactly(
                        "response.created",
                        "response.in_progress",
                        "response.output_item.added",
                        "response.function_call_arguments.delta",
                        "response.function_call_arguments.delta",
                        "response.function_call_arguments.done",
                        "response.output_item.done",
                        "response.output_item.added",
                        "response.function_call_arguments.delta",
                        "response.function_call_arguments.done",
                        "response.output_item.done",
                        "response.completed");
        assertThat(events.get(2).data().path("item").path("arguments").asText("none"))
                .isEmpty();
        assertThat(events.get(5).data().path("arguments").asText()).isEqualTo("{\"city\":\"Oslo\"}");
        assertThat(events.get(8).data().path("output_index").asInt()).isEqualTo(1);
    }

    @Test
    void aMessageHasABlockForEachCall() throws IOException {
        JsonNode message = messages().whole(answer(TWO_CALLS));
        assertThat(message.path("stop_reason").asText()).isEqualTo("tool_use");
        assertThat(message.path("content").path(0).toString())
                .isEqualTo("{\"type\":\"tool_use\",\"id\":\"111\",\"name\":\"weather\",\"input\":{\"city\":\"Oslo\"}}");
        List<Event> events = stream(messages(), TWO_CALLS);
        assertThat(events)
                .extracting(Event::name)
                .containsExactly(
                        "message_start",
                        "content_block_start",
                        "content_block_delta",
                        "content_block_delta",
                        "content_block_stop",
                        "content_block_start",
                        "content_block_delta",
                        "content_block_stop",
                        "message_delta",
                        "message_stop");
        assertThat(events.get(1).data().path("content_block").toString())
                .isEqualTo("{\"type\":\"tool_use\",\"id\":\"111\",\"name\":\"weather\",\"input\":{}}");
        assertThat(events.get(2).data().path("delta").toString())
                .isEqualTo("{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"city\\\":\"}");
        assertThat(events.get(8).data().path("delta").path("stop_reason").asText())
                .isEqualTo("tool_use");
    }

    @Test
    void argumentsThatAreNoJsonStayText() {
        List<Token> broken =
                List.of(new Token.CallOpening(0, "1", "weather"), new Token.CallArguments(0, "{\"city\":"));
        assertThat(messages()
                        .whole(answer(broken))
                        .path("content")
                        .path(0)
                        .path("input")
                        .asText())
                .isEqualTo("{\"city\":");
    }

    @Test
    void textBeforeACallIsKept() throws IOException {
        List<Token> mixed = new ArrayList<>(List.of(new Token.Reasoning("hm"), new Token.Content("Wait.")));
        mixed.addAll(TWO_CALLS);
        JsonNode message = chat().whole(answer(mixed)).path("choices").path(0).path("message");
        assertThat(message.path("content").asText()).isEqualTo("Wait.");
        assertThat(message.path("tool_calls")).hasSize(2);
        assertThat(messages().whole(answer(mixed)).path("content"))
                .extracting(block -> block.path("type").asText())
                .containsExactly("thinking", "text", "tool_use", "tool_use");
        assertThat(responses().whole(answer(mixed)).path("output"))
                .extracting(item -> item.path("type").asText())
                .containsExactly("reasoning", "message", "function_call", "function_call");
        assertThat(stream(responses(), mixed)).hasSizeGreaterThan(20);
    }

    @Test
    void aMalformedCallIsCountedOnlyWhereThereIsACall() {
        machine.faults().add(Fault.always(FaultKind.TOOL_MALFORMED).times(1));
        Inferences inferences = new Inferences(machine, new CallLog(time));
        Script plain = new Script(1, List.of(new Token.Content("x")), "eosFound", null);
        assertThat(inferences.spoiled(plain, instance, TakenFaults.NONE)).isEqualTo(plain);
        assertThat(machine.faults().active()).hasSize(1);
        Script calls = script(TWO_CALLS);
        assertThat(inferences.spoiled(calls, instance, TakenFaults.NONE)).isNotEqualTo(calls);
        assertThat(machine.faults().active()).isEmpty();
    }

    private static AnswerFormat chat() {
        return new ChatFormat(new ChatFormat.Head("chatcmpl-1", 0, RunningSim.LLAMA, false));
    }

    private static AnswerFormat responses() {
        return new ResponsesFormat("resp_1", 0, Replies.object(), script -> {});
    }

    private static AnswerFormat messages() {
        return new MessagesFormat("msg_1", RunningSim.LLAMA, List.of());
    }

    private static Script script(List<Token> tokens) {
        return new Script(3, tokens, "toolCalls", null);
    }

    private Answer answer(List<Token> tokens) {
        return new Answer(RunningSim.LLAMA, instance, script(tokens), null, Duration.ZERO, Duration.ZERO);
    }

    private List<Event> stream(AnswerFormat format, List<Token> tokens) throws IOException {
        Answer answer = answer(tokens);
        StringBuilder body = new StringBuilder();
        format.opening(answer).forEach(body::append);
        tokens.forEach(token -> format.piece(answer, token).forEach(body::append));
        format.closing(answer).forEach(body::append);
        return RunningSim.events(body.toString());
    }

    private static String delta(List<Event> events, int index) {
        return events.get(index).data().path("choices").path(0).path("delta").toString();
    }
}
