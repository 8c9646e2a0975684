package dev.lmbridge.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A conversation: what was said stays in it, what failed or was broken off before a word does not. */
final class ChatTalk {
    private static final String PROMPT = "> ";
    private static final String DIM = "\u001b[2m";
    private static final String BOLD = "\u001b[1m";
    private static final String PLAIN = "\u001b[0m";

    private final BridgeClient client;
    private final Environment environment;
    private final boolean json;
    private final ArrayNode history;
    private final Function<ArrayNode, ObjectNode> question;
    private final AtomicReference<@Nullable ChatStream> streaming = new AtomicReference<>();
    private boolean saidSimulated;

    /** @param question makes the body of a request from what was said so far */
    ChatTalk(
            BridgeClient client,
            Environment environment,
            boolean json,
            ArrayNode history,
            Function<ArrayNode, ObjectNode> question) {
        this.client = client;
        this.environment = environment;
        this.json = json;
        this.history = history;
        this.question = question;
    }

    /** Asks once, and tells the answer alone. */
    int once(String text) throws CommandFailure, InterruptedException {
        try (Interrupts _ = Interrupts.heardBy(this::interrupt)) {
            return switch (ask(text)) {
                case ChatStream.Ending.Answered answered -> {
                    if (json) {
                        ObjectNode body = JsonNodeFactory.instance.objectNode().put("answer", answered.text());
                        body.set("usage", answered.usage().isMissingNode() ? null : answered.usage());
                        environment.out().println(body);
                    }
                    yield ExitCode.OK;
                }
                case ChatStream.Ending.Cancelled cancelled -> ExitCode.FAILED;
                case ChatStream.Ending.Failed failed -> {
                    if (json) {
                        environment.out().println(failed.problem());
                    }
                    yield ExitCode.FAILED;
                }
            };
        }
    }

    /** Reads questions until the input ends or somebody says so. A question that fails does not end it. */
    int untilSomebodyLeaves(String name) throws CommandFailure, InterruptedException, IOException {
        environment
                .out()
                .println("Talking to " + BOLD + HumanText.oneLine(name) + PLAIN
                        + ". Ctrl-C breaks an answer off; Ctrl-D or /exit leaves.");
        BufferedReader lines = new BufferedReader(new InputStreamReader(environment.in(), StandardCharsets.UTF_8));
        try (Interrupts _ = Interrupts.heardBy(this::interrupt)) {
            while (true) {
                prompt();
                String line = lines.readLine();
                if (line == null) {
                    environment.out().println();
                    return ExitCode.OK;
                }
                String text = line.strip();
                if (text.equals("/exit") || text.equals("/quit")) {
                    return ExitCode.OK;
                }
                if (!text.isEmpty()) {
                    ask(text);
                    environment.out().println();
                }
            }
        }
    }

    private void prompt() {
        environment.out().print(BOLD + PROMPT + PLAIN);
        environment.out().flush();
    }

    private void interrupt() {
        ChatStream answer = streaming.get();
        if (answer != null) {
            answer.cancel();
        } else if (environment.terminal()) {
            environment.out().println();
            prompt();
        }
    }

    private ChatStream.Ending ask(String text) throws CommandFailure, InterruptedException {
        history.addObject().put("role", "user").put("content", text);
        ChatStream stream = new ChatStream(client.service());
        streaming.set(stream);
        Paper paper = new Paper();
        ChatStream.Ending ending;
        try {
            ending = stream.ask(question.apply(history), paper);
        } finally {
            streaming.set(null);
            paper.close();
        }
        switch (ending) {
            case ChatStream.Ending.Answered answered -> remember(answered.text());
            case ChatStream.Ending.Cancelled cancelled -> {
                environment.err().println("(broken off)");
                remember(cancelled.text());
            }
            case ChatStream.Ending.Failed failed -> {
                history.remove(history.size() - 1);
                if (!json) {
                    Answers.problem(failed.problem(), 0, environment.err());
                }
            }
        }
        return ending;
    }

    /** Two questions in a row without an answer between are more than some models' templates take. */
    private void remember(String answer) {
        if (answer.isEmpty()) {
            history.remove(history.size() - 1);
        } else {
            history.addObject().put("role", "assistant").put("content", answer);
        }
    }

    /** Where an answer is written while it comes. */
    private final class Paper implements ChatStream.Listener, AutoCloseable {
        private final LoadWatch watch = LoadWatch.begin(client, environment, json);
        private boolean dim;
        private boolean atLineStart = true;

        @Override
        public void begun(boolean simulated) {
            if (simulated && !saidSimulated && !json) {
                saidSimulated = true;
                watch.close();
                environment.err().println("Note: this is the simulated LM Studio; no real model is involved.");
            }
        }

        /** Thoughts are shown to people only, so that a pipe gets the answer alone. */
        @Override
        public void thought(String text) {
            if (environment.terminal() && !json) {
                watch.close();
                write(dim ? "" : DIM, text);
                dim = true;
            }
        }

        @Override
        public void said(String text) {
            if (!json) {
                watch.close();
                write(dim ? PLAIN + "\n\n" : "", text);
                dim = false;
            }
        }

        private void write(String before, String text) {
            environment.out().print(before + HumanText.text(text));
            environment.out().flush();
            atLineStart = text.endsWith("\n");
        }

        @Override
        public void close() {
            watch.close();
            if (dim) {
                environment.out().print(PLAIN);
            }
            if (!atLineStart) {
                environment.out().println();
            }
            environment.out().flush();
        }
    }
}
