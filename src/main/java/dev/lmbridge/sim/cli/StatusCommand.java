package dev.lmbridge.sim.cli;

import dev.lmbridge.sim.machine.Instance;
import dev.lmbridge.sim.machine.Power;
import dev.lmbridge.sim.machine.SimMachine;
import java.util.Comparator;
import java.util.List;

/** {@code lms status}: about the HTTP server first; with that off it does not even look for LM Studio. There is no {@code --json}. */
final class StatusCommand implements CliCommand {
    private static final String LOCAL = "127.0.0.1";

    private final SimMachine machine;
    private final Reach reach;

    StatusCommand(SimMachine machine, Reach reach) {
        this.machine = machine;
        this.reach = reach;
    }

    @Override
    public String name() {
        return "status";
    }

    @Override
    public List<Option> options() {
        return List.of(Option.text("--host <host>"), Option.port("--port <port>"));
    }

    @Override
    public int mostNames() {
        return 0;
    }

    @Override
    public boolean connects() {
        return false;
    }

    @Override
    public void run(Arguments arguments, CliSession session) {
        String host = arguments.text("host").orElse(LOCAL);
        int last = host.equals(LOCAL)
                ? machine.power().lastHttp().map(Power.Http::port).orElse(Power.USUAL_PORT)
                : Power.USUAL_PORT;
        int port = arguments.integer("port").orElse(last);
        if (reach.answers(host, port)) {
            reach.connect(name(), arguments, session, () -> on(port, session));
        } else {
            session.outLine(
                    "Server:  OFF \n\n(i) To start the server, run the following command:\n\n    lms server start");
            session.exit(0);
        }
    }

    private void on(int port, CliSession session) {
        StringBuilder text = new StringBuilder("Server: ON (port: " + port + ")\n\n");
        List<Instance> loaded = machine.loaded();
        text.append(loaded.isEmpty() ? "No Models Loaded" : "Loaded Models");
        loaded.stream()
                .sorted(Comparator.comparing(instance -> instance.model().type()))
                .forEach(instance -> text.append("\n  · ")
                        .append(instance.identifier())
                        .append(" - ")
                        .append(Figures.decimal(instance.model().sizeBytes())));
        session.outLine(text.toString());
        session.exit(0);
    }
}
