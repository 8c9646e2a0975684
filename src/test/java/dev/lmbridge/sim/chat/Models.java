package dev.lmbridge.sim.chat;

import dev.lmbridge.sim.SimulatedTime;
import dev.lmbridge.sim.chat.ChatRequest.ToolCall;
import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.LoadListener;
import dev.lmbridge.sim.machine.LoadRequest;
import dev.lmbridge.sim.machine.Refusal;
import dev.lmbridge.sim.machine.Script;
import dev.lmbridge.sim.machine.SimMachine;
import dev.lmbridge.sim.machine.Token;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Loaded models for the tests of what they answer, and what their scripts say. */
final class Models {
    private Models() {}

    static Instance loaded(String key) {
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
        time.pass(machine, Duration.ofSeconds(60));
        return machine.find(key).orElseThrow();
    }

    static String text(Script script) {
        return script.tokens().stream()
                .filter(token -> token instanceof Token.Content)
                .map(Token::text)
                .collect(Collectors.joining());
    }

    static String reasoning(Script script) {
        return script.tokens().stream()
                .filter(token -> token instanceof Token.Reasoning)
                .map(Token::text)
                .collect(Collectors.joining());
    }

    static List<ToolCall> calls(Script script) {
        List<ToolCall> calls = new ArrayList<>();
        for (Token token : script.tokens()) {
            if (token instanceof Token.CallOpening(int index, String id, String tool)) {
                if (index != calls.size()) {
                    throw new AssertionError("call " + index + " comes as number " + calls.size());
                }
                calls.add(new ToolCall(id, tool, ""));
            } else if (token instanceof Token.CallArguments(int index, String text)) {
                ToolCall call = calls.get(index);
                calls.set(index, new ToolCall(call.id(), call.tool(), call.arguments() + text));
            }
        }
        return calls;
    }
}
