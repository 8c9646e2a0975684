package dev.lmbridge.sim.cli;

import java.util.List;

/** What {@code --help} prints: the words that can be used, without the explanations of the real one. */
final class Help {
    private Help() {}

    static boolean isWanted(List<String> argv) {
        return argv.contains("--help") || argv.contains("-h");
    }

    static String of(CliCommand command, List<Option> options) {
        StringBuilder text = new StringBuilder("Usage: lms " + command.name() + " [options]"
                + (command.mostNames() == 0 ? "" : " [name]") + "\n\nOptions:\n");
        options.stream()
                .filter(option -> !option.hidden())
                .forEach(option -> text.append("  ").append(option.flags()).append('\n'));
        return text.append("  -h, --help\n").toString();
    }

    static String of(List<CliCommand> commands) {
        return "Usage: lms [options] [command]\n\nThis is the stand-in lms of the simulated LM Studio. Commands: "
                + String.join(", ", commands.stream().map(CliCommand::name).toList()) + ".\n";
    }
}
