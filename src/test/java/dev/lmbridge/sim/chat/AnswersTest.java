package dev.lmbridge.sim.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.sim.SimulatedTime;
import dev.lmbridge.sim.chat.ChatRequest.Message;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.LoadListener;
import dev.lmbridge.sim.machine.LoadRequest;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.Script;
import dev.lmbridge.sim.machine.SimMachine;
import dev.lmbridge.sim.machine.Token;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AnswersTest {
    private final Instance llama = loaded("llama-3.2-1b-instruct");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "What is 12 * 34? | 12 * 34 = 408.",
                "7 / 0 | Nothing can be divided by zero.",
                "1 / 8 = ? | 1 / 8 = 0.125.",
                "Please count to 5 | 1, 2, 3, 4, 5.",
                "Say: blue whale | blue whale",
                "uppercase: blue whale | BLUE WHALE",
                "reverse abc | cba",
                "How many days are there between 2025-01-01 and 2025-03-01? | From 2025-01-01 to 2025-03-01 it is 59 days.",
                "What is 10 days after 2024-02-25? | That is 2024-03-06.",
                "list 2 colours | 1. colours, number 1\\n2. colours, number 2",
                "Summarise: One. Two. Three. Four. | In short: One. Two. Three."
            })
    void rulesAnswer(String question, String answer) {
        assertThat(text(Answers.to(ask(question, null, List.of(), null), llama)))
                .isEqualTo(answer.replace("\\n", "\n"));
    }

    @Test
    void anAnswerSaysWhichModelGivesItAndThatItIsSimulated() {
        assertThat(text(Answers.to(ask("Hello", null, List.of(), null), llama)))
                .contains("llama-3.2-1b-instruct", "simulated");
        assertThat(text(Answers.to(ask("The sky is wide", null, List.of(), null), llama)))
                .contains("The sky is wide", "simulated");
    }

    @Test
    void theSeedChoosesAndTheSameSeedChoosesTheSame() {
        String first = text(Answers.to(ask("Hello", null, List.of(), 1L), llama));
        assertThat(first).isEqualTo(text(Answers.to(ask("Hello", null, List.of(), 1L), llama)));
        assertThat(first).isNotEqualTo(text(Answers.to(ask("Hello", null, List.of(), 2L), llama)));
    }

    @Test
    void aLimitCutsTheAnswerAndSaysSo() {
        Script script = Answers.to(ask("count to 100", 7, List.of(), null), llama);
        assertThat(script.tokens()).hasSize(7);
        assertThat(script.stopReason()).isEqualTo("maxPredictedTokensReached");
        assertThat(Answers.to(ask("count to 3", -1, List.of(), null), llama).stopReason())
                .isEqualTo("eosFound");
    }

    @Test
    void aStopTextEndsTheAnswerBeforeIt() {
        Script script = Answers.to(ask("count to 9", null, List.of("x", "4"), null), llama);
        assertThat(text(script)).isEqualTo("1, 2, 3, ");
        assertThat(script.stopReason()).isEqualTo("stopStringFound");
    }

    @Test
    void theContextBoundsAnswersAndRefusesLongerPrompts() {
        assertThat(Answers.to(ask("9000 words", null, List.of(), null), llama).stopReason())
                .isEqualTo("contextLengthReached");
        Refusal refusal = Answers.to(ask("word ".repeat(5_000), null, List.of(), null), llama)
                .refusal();
        assertThat(refusal)
                .isNotNull()
                .extracting(Refusal::title)
                .asString()
                .contains("when context the overflows", "context length of only 4096 tokens");
    }

    @Test
    void aReasoningModelThinksFirst() {
        Script script =
                Answers.to(ask("count to 3", null, List.of(), null), loaded("deepseek/deepseek-r1-0528-qwen3-8b"));
        assertThat(script.tokens().getFirst()).isInstanceOf(Token.Reasoning.class);
        assertThat(text(script)).isEqualTo("1, 2, 3.");
    }

    @Test
    void thinkingTakesTheLimitFirstAndCanBeSwitchedOff() {
        Instance thinker = loaded("deepseek/deepseek-r1-0528-qwen3-8b");
        Script short5 = Answers.to(ask("count to 3", 5, List.of("e"), null), thinker);
        assertThat(text(short5)).isEmpty();
        assertThat(short5.stopReason()).isEqualTo("maxPredictedTokensReached");
        Script silent = Answers.to(
                ChatRequest.of(
                        List.of(Message.of("user", "count to 3")),
                        new ChatRequest.Limits(null, List.of(), null, false)),
                thinker);
        assertThat(silent.tokens()).allMatch(token -> token instanceof Token.Content);
        String one = Models.reasoning(Answers.to(ask("count to 3", null, List.of("user"), null), thinker));
        assertThat(one).contains("user", "count to 3");
        assertThat(Models.reasoning(Answers.to(ask("Hello", null, List.of(), null), thinker)))
                .isNotEqualTo(one);
    }

    @Test
    void tagsPutTheThoughtsIntoTheContent() {
        Script script =
                Answers.to(ask("count to 3", null, List.of(), null), loaded("deepseek/deepseek-r1-0528-qwen3-8b"));
        Script tagged = ThinkTags.apply(script);
        assertThat(text(tagged)).isEqualTo("<think>" + Models.reasoning(script) + "</think>1, 2, 3.");
        assertThat(tagged.tokens()).hasSize(script.tokens().size() + 2);
    }

    @Test
    void aStopTextIsFoundAcrossTokens() {
        Script script = Answers.to(ask("Say: alpha beta gamma", null, List.of("a be"), null), llama);
        assertThat(text(script)).isEqualTo("alph");
    }

    @Test
    void whatWasSaidBeforeIsRemembered() {
        List<Message> messages = List.of(
                Message.of("user", "Hi, my name is Ada."),
                Message.of("assistant", "Nice."),
                Message.of("user", "What is my name?"));
        assertThat(text(Answers.to(ChatRequest.of(messages, ChatRequest.Limits.NONE), llama)))
                .isEqualTo("Your name is Ada.");
        List<Message> past = List.of(Message.of("user", "Blue whale"), Message.of("user", "What did I say first?"));
        assertThat(text(Answers.to(ChatRequest.of(past, ChatRequest.Limits.NONE), llama)))
                .contains("Blue whale");
    }

    @Test
    void piecesPutTogetherAreTheText() {
        String text = "  A longish-sentence, with\n\ttabs, ünïcödé and 😀😀😀😀😀😀😀😀 at the end. ";
        assertThat(String.join("", Tokens.split(text))).isEqualTo(text);
        assertThat(Tokens.split("")).isEmpty();
    }

    @Test
    void textsThatShareWordsHaveNearVectors() {
        double[] cat = Embedding.of("the cat sat on the mat");
        double near = dot(cat, Embedding.of("the cat sat on the rug"));
        double far = dot(cat, Embedding.of("quarterly revenue grew sharply"));
        assertThat(dot(cat, cat)).isBetween(0.999, 1.001);
        assertThat(near).isGreaterThan(far + 0.3);
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    private static ChatRequest ask(String text, @Nullable Integer most, List<String> stop, @Nullable Long seed) {
        return ChatRequest.of(List.of(Message.of("user", text)), new ChatRequest.Limits(most, stop, seed, null));
    }

    private static String text(Script script) {
        return script.tokens().stream()
                .filter(token -> token instanceof Token.Content)
                .map(Token::text)
                .collect(Collectors.joining());
    }

    private static Instance loaded(String key) {
        SimulatedTime time = new SimulatedTime();
        SimMachine machine = time.machine();
        machine.load(LoadRequest.of(key), new LoadListener() {
            @Override
            public void loaded(Instance instance) {}

            @Override
            public void failed(Refusal refusal) {
                throw new AssertionError(refusal);
            }
        });
        time.pass(machine, Duration.ofSeconds(2));
        return machine.find(key).orElseThrow();
    }
}
