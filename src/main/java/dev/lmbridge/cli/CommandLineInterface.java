package dev.lmbridge.cli;

import dev.lmbridge.settings.SettingsException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program as it is called from a shell. */
public final class CommandLineInterface {
    private CommandLineInterface() {}

    /**
     * Runs one command to its end.
     *
     * @return 0 done, 1 failed, 2 wrongly called, 3 no service to ask
     */
    public static int run(String[] args, Environment environment, Service service) {
        CommandLine program = new CommandLine(new Program())
                .addSubcommand(new ServeCommand(environment, service))
                .addSubcommand(new CheckCommand(environment))
                .addSubcommand(new PsCommand(environment))
                .addSubcommand(new LsCommand(environment))
                .addSubcommand(new EnsureCommand(environment))
                .addSubcommand(new LoadCommand(environment))
                .addSubcommand(new UnloadCommand(environment))
                .addSubcommand(new GetCommand(environment))
                .addSubcommand(new ChatCommand(environment))
                .addSubcommand(new DoctorCommand(environment, service))
                .addSubcommand(new SimCommand());
        for (CommandLine each : program.getSubcommands().values()) {
            each.getCommandSpec().mixinStandardHelpOptions(true);
            each.getCommandSpec().versionProvider(new Version());
        }
        return program.setOut(writer(environment.out()))
                .setErr(writer(environment.err()))
                .setColorScheme(CommandLine.Help.defaultColorScheme(environment.terminal() ? Ansi.ON : Ansi.OFF))
                // Else an argument "@name" would be replaced by what the file of that name holds.
                .setExpandAtFiles(false)
                .setExecutionExceptionHandler((failure, command, parsed) -> explain(failure, environment))
                .execute(args);
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }

    private static int explain(Exception failure, Environment environment) {
        return switch (failure) {
            case CommandFailure expected -> {
                environment.err().println(expected.sentence());
                yield expected.exitCode();
            }
            case SettingsException refused -> {
                ConfigOptions.print(refused, environment);
                yield ExitCode.FAILED;
            }
            default -> {
                environment.err().println("This should not have happened; please report it:");
                failure.printStackTrace(environment.err());
                yield ExitCode.FAILED;
            }
        };
    }

    @Command(
            name = "lm-bridge",
            mixinStandardHelpOptions = true,
            versionProvider = Version.class,
            synopsisSubcommandLabel = "COMMAND",
            description = "Makes the models of LM Studio dependable: loaded, verified, bounded by a TTL, served.",
            footer = {
                "",
                "Exit codes: 0 done, 1 failed, 2 wrongly called, 3 the service is not running.",
            })
    static final class Program implements Runnable {
        @Spec
        private @Nullable CommandSpec spec;

        @Override
        public void run() {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(), "Say what to do, for example: lm-bridge serve");
        }
    }

    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = CommandLineInterface.class.getPackage().getImplementationVersion();
            return List.of("lm-bridge " + (version == null ? "(not packaged)" : version))
                    .toArray(String[]::new);
        }
    }
}
