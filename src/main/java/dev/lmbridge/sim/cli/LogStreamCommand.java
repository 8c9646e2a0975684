package dev.lmbridge.sim.cli;

import dev.lmbridge.sim.logs.LogEntry;
import dev.lmbridge.sim.logs.LogEvents;
import dev.lmbridge.sim.logs.LogJson;
import dev.lmbridge.sim.logs.LogText;
import dev.lmbridge.sim.machine.SimMachine;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code lms log stream}: shows what happens from now on, until SIGINT or SIGTERM, and then exits with 0. */
final class LogStreamCommand implements CliCommand {
    private static final String MODEL = "model";

    private final SimMachine machine;

    LogStreamCommand(SimMachine machine) {
        this.machine = machine;
    }

    @Override
    public String name() {
        return "log stream";
    }

    @Override
    public List<Option> options() {
        return List.of(
                Option.flag("--json"),
                Option.flag("--stats"),
                Option.choice("-s, --source <source>", List.of(MODEL, "server", "runtime")),
                Option.text("--filter <filter>"));
    }

    @Override
    public int mostNames() {
        return 0;
    }

    @Override
    public boolean connects() {
        return true;
    }

    @Override
    public void run(Arguments arguments, CliSession session) {
        Optional<String> problem = problem(arguments);
        if (problem.isPresent()) {
            session.error(problem.get());
            session.exit(1);
            return;
        }
        session.info("Streaming logs from LM Studio\n");
        Stream stream = new Stream(arguments, session);
        machine.logs().listen(stream);
        session.whenGone(() -> machine.logs().leave(stream));
        Runnable end = () -> {
            machine.logs().leave(stream);
            session.exit(0);
        };
        session.whenInterrupted(end);
        session.whenTerminated(end);
    }

    private static Optional<String> problem(Arguments arguments) {
        boolean model = source(arguments).equals(MODEL);
        @Nullable String filter = arguments.text("filter").orElse(null);
        if (arguments.has("stats") && !model) {
            return Optional.of("--stats can only be used with --source model");
        }
        if (filter == null) {
            return Optional.empty();
        }
        if (!model) {
            return Optional.of("--filter can only be used with --source model");
        }
        if (filter.isBlank()) {
            return Optional.of("--filter cannot be empty");
        }
        return words(filter).stream().allMatch(word -> word.equals("input") || word.equals("output"))
                ? Optional.empty()
                : Optional.of("--filter values must be 'input', 'output', or 'input,output'");
    }

    private static String source(Arguments arguments) {
        return arguments.text("source").orElse(MODEL);
    }

    private static List<String> words(String filter) {
        return Arrays.stream(filter.split(",", -1))
                .map(String::strip)
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static final class Stream implements LogEvents.Listener {
        private final CliSession session;
        private final String source;
        private final List<String> parts;
        private final boolean json;
        private final boolean stats;

        Stream(Arguments arguments, CliSession session) {
            this.session = session;
            this.source = source(arguments);
            this.parts = words(arguments.text("filter").orElse(""));
            this.json = arguments.has("json");
            this.stats = arguments.has("stats");
        }

        @Override
        public void logged(Instant time, LogEntry entry) {
            if (isShown(entry)) {
                session.outIfRoom(
                        json
                                ? LogJson.event(time, entry) + "\n"
                                : LogText.of(time, entry, ZoneId.systemDefault(), stats));
            }
        }

        /** The genuine one says so with a stack trace, and then has nothing left to do: it is no failure to it. */
        @Override
        public void ended() {
            session.draw("[LMStudioClient][Diagnostics][ClientPort][WsClientTransport:AuthenticatedWsClientTransport]"
                    + " WebSocket error: Error: WebSocket connection closed\n");
            session.exit(0);
        }

        private boolean isShown(LogEntry entry) {
            return switch (entry) {
                case LogEntry.Input input -> isPart("input");
                case LogEntry.Output output -> isPart("output");
                case LogEntry.ServerLine line -> source.equals("server");
                case LogEntry.EngineLine line -> source.equals("runtime");
            };
        }

        /** A filter of nothing but commas filters nothing. */
        private boolean isPart(String part) {
            return source.equals(MODEL) && (parts.isEmpty() || parts.contains(part));
        }
    }
}
