package dev.lmbridge.sim.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.sim.chat.ChatRequest.Limits;
import dev.lmbridge.sim.chat.ChatRequest.Message;
import dev.lmbridge.sim.chat.ChatRequest.Tool;
import dev.lmbridge.sim.chat.ChatRequest.ToolCall;
import dev.lmbridge.sim.chat.ChatRequest.ToolChoice;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.Script;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tasks with random tools, fields, files and words: all of them must be done, in a world that checks each call. */
final class GeneratedTasksTest {
    private static final long SEED = 20_261_122;
    /** The seeds are fixed unless {@code -Dlmbridge.seed=N -Dlmbridge.tasks=M} asks for M seeds from N on. */
    private static final long FIRST = Long.getLong("lmbridge.seed", 366_536_754);

    private static final int SEEDS = Integer.getInteger("lmbridge.tasks", 40);
    private static final int MOST_ANSWERS = 12;
    private final Instance llama = Models.loaded("llama-3.2-1b-instruct");

    @Test
    void tasksOfAFixedSeedAreAllDone() throws Exception {
        assertThat(failures(SEED, 4 * GeneratedTask.SHAPES)).as("seed %d", SEED).isEmpty();
    }

    @Test
    void tasksOfManyFixedSeedsAreAllDone() throws Exception {
        List<String> failures = new ArrayList<>();
        for (int i = 0; i < SEEDS; i++) {
            failures.addAll(failures(FIRST + i, GeneratedTask.SHAPES));
        }
        assertThat(failures)
                .as("%d of %d tasks failed", failures.size(), SEEDS * GeneratedTask.SHAPES)
                .isEmpty();
    }

    @Test
    void noNameOfATaskOccursInTheSimulator() throws IOException {
        Random random = new Random(SEED);
        Names names = new Names(random);
        for (int i = 0; i < 4 * GeneratedTask.SHAPES; i++) {
            GeneratedTask.of(i, names);
        }
        String root = System.getProperty("lmbridge.root", ".");
        try (Stream<Path> sources = Files.walk(Path.of(root, "src/main/java/dev/lmbridge/sim"))) {
            for (Path source :
                    sources.filter(path -> path.toString().endsWith(".java")).toList()) {
                String text = Files.readString(source).toLowerCase(Locale.ROOT);
                assertThat(names.given().stream().filter(text::contains))
                        .as(source.toString())
                        .isEmpty();
            }
        }
        assertThat(names.given()).hasSizeGreaterThan(300);
    }

    private List<String> failures(long seed, int count) throws Exception {
        Random random = new Random(seed);
        Names names = new Names(random);
        List<String> failures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            GeneratedTask task = GeneratedTask.of(i, names);
            String wrong = run(task, task.world().tools(random));
            if (!wrong.isEmpty()) {
                failures.add(seed + " " + task.shape() + ": " + task.text() + "\n   " + wrong + "\n   calls "
                        + task.world().log() + "\n   tools "
                        + task.world().tools(random).stream()
                                .map(tool -> tool.name() + " (" + tool.description() + ") " + tool.parameters())
                                .toList());
            }
        }
        return failures;
    }

    /** Plays an agent: executes the calls, feeds the results back, and says what is wrong at the end. */
    private String run(GeneratedTask task, List<Tool> tools) throws Exception {
        List<Message> messages = new ArrayList<>();
        messages.add(Message.of("user", task.text()));
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < MOST_ANSWERS; i++) {
            Script script = Answers.to(new ChatRequest(messages, Limits.NONE, tools, ToolChoice.AUTO, null), llama);
            List<ToolCall> calls = Models.calls(script);
            if (calls.isEmpty()) {
                return verdict(task, Models.text(script));
            }
            if (!script.stopReason().equals("toolCalls")) {
                return "stop reason " + script.stopReason();
            }
            messages.add(new Message("assistant", "", List.of(), calls, null));
            for (ToolCall call : calls) {
                if (!ids.add(call.id())) {
                    return "the id " + call.id() + " came twice";
                }
                String result = task.world().call(call.tool(), call.arguments());
                messages.add(new Message("tool", result, List.of(), List.of(), call.id()));
            }
        }
        return "no end";
    }

    private static String verdict(GeneratedTask task, String answer) {
        String wrong = task.wrong().get();
        for (String wanted : task.answer()) {
            if (!answer.contains(wanted)) {
                wrong += " The answer lacks '" + wanted + "': " + answer;
            }
        }
        int calls = task.world().log().size();
        return calls == 0 || calls > task.calls() ? wrong + " It took " + calls + " calls." : wrong;
    }
}
