package dev.lmbridge.sim.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lmbridge.sim.chat.ChatRequest.Limits;
import dev.lmbridge.sim.chat.ChatRequest.Message;
import dev.lmbridge.sim.chat.ChatRequest.Tool;
import dev.lmbridge.sim.chat.ChatRequest.ToolCall;
import dev.lmbridge.sim.chat.ChatRequest.ToolChoice;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.Script;
import dev.lmbridge.sim.machine.Token;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How calls of tools look, when they come and when they do not. */
final class ToolCallsTest {
    private final Instance llama = Models.loaded("llama-3.2-1b-instruct");
    private final Tool reader = tool("glimp", "Reads a file and returns its text", "plim", "path of the file to read");
    private final Tool eraser = tool("snorv", "Deletes a file", "plim", "path of the file to delete");

    @Test
    void aCallIsAnOpeningAndThenPiecesOfItsArguments() {
        Script script = ask("Read notes/today.txt", ToolChoice.AUTO);
        assertThat(script.stopReason()).isEqualTo("toolCalls");
        assertThat(script.tokens().getFirst()).isInstanceOf(Token.CallOpening.class);
        assertThat(script.tokens()).hasSizeGreaterThan(3);
        assertThat(Models.calls(script).getFirst().id()).matches("\\d{9}");
        assertThat(Models.calls(script).getFirst().tool()).isEqualTo("glimp");
        assertThat(Models.calls(script).getFirst().arguments()).isEqualTo("{\"plim\":\"notes/today.txt\"}");
    }

    @Test
    void independentCallsComeInOneAnswer() {
        List<ToolCall> calls = Models.calls(ask("Read a.txt and b.txt", ToolChoice.AUTO));
        assertThat(calls)
                .extracting(ToolCall::arguments)
                .containsExactly("{\"plim\":\"a.txt\"}", "{\"plim\":\"b.txt\"}");
        assertThat(calls.get(0).id()).isNotEqualTo(calls.get(1).id());
    }

    @Test
    void aQuestionThatNeedsNoToolIsAnswered() {
        assertThat(Models.text(ask("What is 12 * 34?", ToolChoice.AUTO))).isEqualTo("12 * 34 = 408.");
        assertThat(Models.text(ask("Say: read a.txt", ToolChoice.AUTO))).isEqualTo("read a.txt");
        assertThat(Models.text(ask("Hello", ToolChoice.AUTO))).contains("simulated");
        assertThat(Models.calls(ask("Thank you, that was helpful.", ToolChoice.AUTO)))
                .isEmpty();
    }

    @Test
    void noneForbidsCallsAndRequiredDemandsOne() {
        assertThat(Models.calls(ask("Read a.txt", ToolChoice.NONE))).isEmpty();
        assertThat(Models.calls(ask("Hello", ToolChoice.REQUIRED))).hasSize(1);
        assertThat(Models.calls(ask("Delete old.log", ToolChoice.REQUIRED))
                        .getFirst()
                        .tool())
                .isEqualTo("snorv");
    }

    @Test
    void aFailureThatNamesNoFixIsToldAndNotRepeated() {
        Script answer = after("Read a.txt", "Error: the disk is on fire");
        assertThat(Models.calls(answer)).isEmpty();
        assertThat(Models.text(answer)).contains("could not finish", "the disk is on fire");
    }

    @Test
    void aFailureThatAsksToTryAgainIsRepeatedButNotForEver() {
        List<Message> messages = new ArrayList<>(List.of(Message.of("user", "Read a.txt")));
        int calls = 0;
        while (calls < 50) {
            Script script = Answers.to(request(messages, ToolChoice.AUTO, Limits.NONE), llama);
            List<ToolCall> made = Models.calls(script);
            if (made.isEmpty()) {
                break;
            }
            calls++;
            messages.add(new Message("assistant", "", List.of(), made, null));
            messages.add(new Message(
                    "tool",
                    "Error: busy, try again",
                    List.of(),
                    List.of(),
                    made.getFirst().id()));
        }
        assertThat(calls).isBetween(2, 5);
    }

    @Test
    void toolsAndResultsCountAsPrompt() {
        int plain = ChatRequest.of(List.of(Message.of("user", "Read a.txt")), Limits.NONE)
                .promptTokens();
        int offered = request(List.of(Message.of("user", "Read a.txt")), ToolChoice.AUTO, Limits.NONE)
                .promptTokens();
        assertThat(offered).isGreaterThan(plain + 30);
        assertThat(after("Read a.txt", "word ".repeat(100)).promptTokens()).isGreaterThan(offered + 100);
    }

    @Test
    void malformedCallsAreSpoiltInThreeWays() throws Exception {
        Script script = ask("Read a.txt", ToolChoice.AUTO);
        Script text = Malformed.apply(script, "text");
        assertThat(Models.text(text))
                .isEqualTo("[TOOL_REQUEST]{\"name\":\"glimp\",\"arguments\":{\"plim\":\"a.txt\"}}[END_TOOL_REQUEST]");
        assertThat(text.stopReason()).isEqualTo("eosFound");
        String broken =
                Models.calls(Malformed.apply(script, "arguments")).getFirst().arguments();
        assertThatThrownBy(() -> new ObjectMapper().readTree(broken)).isInstanceOf(Exception.class);
        assertThat(Models.calls(Malformed.apply(script, "name")).getFirst().tool())
                .isNotIn("glimp", "snorv");
        Script answer = ask("Hello", ToolChoice.AUTO);
        assertThat(Malformed.apply(answer, "text")).isEqualTo(answer);
        assertThatThrownBy(() -> Malformed.apply(script, "other")).hasMessageContaining("text, arguments or name");
    }

    @Test
    void aSchemaShapesTheLastAnswer() throws Exception {
        List<Message> messages = played("Read a.txt", "The price is 17 dollars");
        ChatRequest request = new ChatRequest(
                messages,
                Limits.NONE,
                List.of(reader),
                ToolChoice.AUTO,
                new ObjectMapper()
                        .readTree(
                                "{\"type\":\"object\",\"properties\":{\"price\":{\"type\":\"integer\"}},\"required\":[\"price\"]}"));
        assertThat(Models.text(Answers.to(request, llama))).isEqualTo("{\"price\":17}");
    }

    private Script after(String task, String result) {
        return Answers.to(request(played(task, result), ToolChoice.AUTO, Limits.NONE), llama);
    }

    private List<Message> played(String task, String result) {
        List<ToolCall> calls = Models.calls(ask(task, ToolChoice.AUTO));
        return List.of(
                Message.of("user", task),
                new Message("assistant", "", List.of(), calls, null),
                new Message(
                        "tool", result, List.of(), List.of(), calls.getFirst().id()));
    }

    private Script ask(String text, ToolChoice choice) {
        return Answers.to(request(List.of(Message.of("user", text)), choice, Limits.NONE), llama);
    }

    private ChatRequest request(List<Message> messages, ToolChoice choice, Limits limits) {
        return new ChatRequest(messages, limits, List.of(eraser, reader), choice, null);
    }

    private static Tool tool(String name, String description, String field, String about) {
        return new Tool(name, description, new TinyWorld.Schema().field(field, "string", about).json);
    }
}
