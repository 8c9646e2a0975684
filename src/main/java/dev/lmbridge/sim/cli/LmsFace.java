package dev.lmbridge.sim.cli;

import dev.lmbridge.sim.machine.SimMachine;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The whole of {@code lms} over a machine: chooses the command, reads its arguments, and runs it. Belongs to the machine's thread. */
public final class LmsFace {
    /** What {@code lms version} prints: a commit, not a version number. */
    static final String COMMIT = "07b7252";

    private static final List<Option> LOG_OPTIONS = List.of(
            Option.choice("--log-level <level>", List.of("debug", "info", "warn", "error", "none"))
                    .hide(),
            Option.flag("--verbose").hide(),
            Option.flag("--quiet").hide());
    private static final List<Option> CONNECT_OPTIONS = List.of(
            Option.text("--host <host>").hide(),
            Option.integer("--port <port>", 0, 65_535).hide());

    /** The commands that {@code lms} 0.3.43 shows in its help, which not all have a stand-in: it suggests one for a misspelt word. */
    private static final List<String> SHOWN = List.of(
            "chat", "get", "load", "unload", "ls", "ps", "import", "server", "log", "link", "runtime", "clone", "push",
            "dev", "login", "logout", "whoami", "help");

    private final Reach reach;
    private final LmsFaults faults;
    private final OldLms old;
    private final List<CliCommand> commands;

    public LmsFace(SimMachine machine) {
        this.faults = new LmsFaults(machine);
        this.old = new OldLms(machine);
        this.reach = new Reach(machine);
        this.commands = List.of(
                new LoadCommand(machine, old),
                new UnloadCommand(machine, old),
                new PsCommand(machine, old),
                new LsCommand(machine, old),
                new GetCommand(machine),
                new ServerStartCommand(machine, reach),
                new ServerStopCommand(machine, reach),
                new ServerStatusCommand(machine, reach),
                new DaemonUpCommand(reach),
                new DaemonDownCommand(machine, reach),
                new DaemonStatusCommand(reach),
                new DaemonUpdateCommand(),
                new StatusCommand(machine, reach),
                new LogStreamCommand(machine),
                new VersionCommand());
    }

    /** Begins a call. The session takes the signals that the process gets. */
    public CliSession start(List<String> argv, CliWire process) {
        Optional<CliCommand> command = commandOf(argv);
        if (argv.contains("-v") || argv.contains("--version")) {
            CliSession session = new CliSession(process);
            session.outLine("CLI commit: " + COMMIT);
            session.exit(0);
            return session;
        }
        if (command.isEmpty()) {
            CliSession session = new CliSession(process);
            refuse(argv, session);
            return session;
        }
        CliSession session = new CliSession(faults.between(command.get(), process));
        if (Help.isWanted(argv)) {
            session.out(Help.of(command.get(), old.options(command.get())));
            session.exit(0);
        } else if (!faults.hangs(command.get(), session, process)) {
            run(command.get(), argv, session);
        }
        return session;
    }

    /** Whether there is a command with this name, such as {@code load} or {@code server status}. */
    public boolean has(String command) {
        return commands.stream().anyMatch(known -> known.name().equals(command));
    }

    private void run(CliCommand command, List<String> argv, CliSession session) {
        int words = command.name().split(" ", -1).length;
        List<Option> options = new ArrayList<>(old.options(command));
        options.addAll(LOG_OPTIONS);
        if (command.connects()) {
            options.addAll(CONNECT_OPTIONS);
        }
        try {
            String lastWord = command.name().substring(command.name().lastIndexOf(' ') + 1);
            Arguments arguments =
                    Arguments.read(lastWord, options, command.mostNames(), argv.subList(words, argv.size()));
            if (!setLevel(arguments, session)) {
                return;
            }
            Runnable work = () -> {
                old.sayBefore(command, arguments, session);
                faults.run(command, arguments, session);
            };
            if (command.connects()) {
                reach.connect(command.name(), arguments, session, work);
            } else {
                work.run();
            }
        } catch (UsageException e) {
            session.usageError(e.text());
        }
    }

    private Optional<CliCommand> commandOf(List<String> argv) {
        return commands.stream()
                .filter(command -> startsWith(argv, command.name()))
                .findFirst();
    }

    private static boolean startsWith(List<String> argv, String name) {
        List<String> words = List.of(name.split(" ", -1));
        return argv.size() >= words.size() && argv.subList(0, words.size()).equals(words);
    }

    private void refuse(List<String> argv, CliSession session) {
        if (argv.isEmpty() || Help.isWanted(argv.subList(0, 1))) {
            session.out(Help.of(commands));
            session.exit(0);
            return;
        }
        boolean group = commands.stream().anyMatch(command -> command.name().startsWith(argv.getFirst() + " "));
        if (argv.getFirst().startsWith("-")) {
            session.usageError("unknown option '" + argv.getFirst() + "'");
        } else if (group && argv.size() > 1) {
            session.usageError("unknown command '" + argv.get(1) + "'");
        } else {
            session.usageError("unknown command '" + argv.getFirst() + "'" + Suggestions.after(argv.getFirst(), SHOWN));
        }
    }

    private static boolean setLevel(Arguments arguments, CliSession session) {
        long given = List.of("log-level", "verbose", "quiet").stream()
                .filter(arguments::has)
                .count();
        if (given > 1) {
            session.error("Only one of --logLevel, --verbose, or --quiet can be specified.");
            session.exit(1);
            return false;
        }
        CliSession.LogLevel level = levelOf(arguments.text("log-level").orElse(null));
        session.level(
                arguments.has("quiet")
                        ? CliSession.LogLevel.NONE
                        : arguments.has("verbose") ? CliSession.LogLevel.DEBUG : level);
        return true;
    }

    private static CliSession.LogLevel levelOf(@Nullable String name) {
        for (CliSession.LogLevel level : CliSession.LogLevel.values()) {
            if (level.name().equalsIgnoreCase(name)) {
                return level;
            }
        }
        return CliSession.LogLevel.INFO;
    }
}
