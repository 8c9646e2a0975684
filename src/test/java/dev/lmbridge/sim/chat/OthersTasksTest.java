package dev.lmbridge.sim.chat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.sim.chat.ChatRequest.Limits;
import dev.lmbridge.sim.chat.ChatRequest.Message;
import dev.lmbridge.sim.chat.ChatRequest.ToolCall;
import dev.lmbridge.sim.chat.ChatRequest.ToolChoice;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.Script;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Tasks in the words of many people, on tools as others describe them; the names come from a few fixed seeds. Not all
 * of them are done: more than 88 % are asked for of the first list, which the planner was mended with, and more than
 * 64 % of the list that came later. The rest is known to fail.
 */
final class OthersTasksTest {
    private static final long SEED = Long.getLong("lmbridge.seed", 20_261_123);
    private static final int SEEDS = Integer.getInteger("lmbridge.tasks", 6);
    private static final int MOST_ANSWERS = 9;
    private final Instance llama = Models.loaded("llama-3.2-1b-instruct");

    @Test
    void mostTasksAreDoneInAnyNames() throws Exception {
        assertThat(share("others.tasks")).isGreaterThan(0.88);
    }

    @Test
    void manyTasksThatCameLaterAreDone() throws Exception {
        assertThat(share("others-second.tasks")).isGreaterThan(0.64);
    }

    private double share(String file) throws Exception {
        List<String> tasks = lines(file);
        int done = 0;
        StringBuilder report = new StringBuilder();
        for (String task : tasks) {
            String[] parts = task.split(" \\| ", -1);
            for (int i = 0; i < SEEDS; i++) {
                String wrong = run(parts, SEED + i);
                done += wrong.isEmpty() ? 1 : 0;
                report.append(wrong.isEmpty() ? "" : "\n" + (SEED + i) + " " + parts[1] + "\n   " + wrong);
            }
        }
        System.out.println(file + ": " + done + " of " + tasks.size() * SEEDS + report);
        return 1.0 * done / (tasks.size() * SEEDS);
    }

    private static List<String> lines(String file) throws IOException {
        try (var in = Objects.requireNonNull(OthersTasksTest.class.getResourceAsStream(file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .toList();
        }
    }

    private String run(String[] task, long seed) throws IOException {
        Names names = new Names(new Random(seed));
        OthersWorld world = new OthersWorld(names);
        Disguise disguise = new Disguise(task[0], names);
        List<Message> messages = new ArrayList<>(List.of(Message.of("user", world.filled(task[1]))));
        String log = "";
        for (int i = 0; i < MOST_ANSWERS; i++) {
            ChatRequest request = new ChatRequest(messages, Limits.NONE, disguise.tools(), ToolChoice.AUTO, null);
            Script script = Answers.to(request, llama);
            List<ToolCall> calls = Models.calls(script);
            if (calls.isEmpty()) {
                String wrong = wrong(world, world.filled(task[2]), Models.text(script));
                return wrong.isEmpty() ? "" : wrong + log + "\n   ANSWER " + Models.text(script);
            }
            messages.add(new Message("assistant", "", List.of(), calls, null));
            for (ToolCall call : calls) {
                String result = disguise.call(world, call.tool(), call.arguments());
                log += "\n   " + call.tool() + call.arguments() + " -> " + result.replace("\n", "\\n");
                messages.add(new Message("tool", result, List.of(), List.of(), call.id()));
            }
        }
        return "no end" + log;
    }

    private static String wrong(OthersWorld world, String wanted, String answer) {
        if (wanted.equals("nocalls")) {
            return world.calls.isEmpty() ? "" : "it called a tool";
        }
        List<String> wrong = new ArrayList<>();
        int changes = 0;
        for (String claim : wanted.split(" & ", -1)) {
            changes += claim.startsWith("answer") ? 0 : 1;
            if (!holds(world, claim, answer)) {
                wrong.add(claim);
            }
        }
        if (world.changes > changes) {
            wrong.add("at most " + changes + " changes");
        }
        return wrong.isEmpty() ? "" : "NOT " + String.join(" & ", wrong);
    }

    private static boolean holds(OthersWorld world, String claim, String answer) {
        String[] word = claim.split(" ", 4);
        return switch (word[0]) {
            case "answer" -> answer.contains(claim.substring("answer ~ ".length()));
            case "file" -> matches(world.files.getOrDefault(word[1], ""), word);
            case "key" -> matches(world.keys.getOrDefault(word[1], ""), word);
            case "nofile" -> !world.files.containsKey(word[1]);
            case "nokey" -> !world.keys.containsKey(word[1]);
            case "call" -> world.calls.stream().anyMatch(call -> fits(call, claim.substring("call ".length())));
            default -> throw new IllegalArgumentException(claim);
        };
    }

    private static boolean matches(String found, String[] word) {
        return word[2].equals("=") ? found.strip().equals(word[3]) : found.contains(word[3]);
    }

    private static boolean fits(Map<String, String> call, String wanted) {
        return Arrays.stream(("tool=" + wanted).split(" (?=[\\w.]+=)", -1))
                .map(pair -> pair.split("=", 2))
                .allMatch(pair -> pair[1].equals(call.get(pair[0])));
    }
}
