package dev.lmbridge.sim.cli;

import dev.lmbridge.sim.machine.Power;
import dev.lmbridge.sim.machine.SimMachine;
import java.time.Duration;
import java.util.List;

/** {@code lms server start}: its {@code --port} is the one to serve at, not one to connect to. */
final class ServerStartCommand implements CliCommand {
    private static final String LOCAL = "127.0.0.1";
    private static final int MOST_CHECKS = 5;
    private static final Duration BETWEEN_CHECKS = Duration.ofSeconds(1);
    /** What the genuine one sees at its first look, since it takes a moment to look. */
    private static final Duration FIRST_CHECK = Duration.ofMillis(100);

    private final SimMachine machine;
    private final Reach reach;

    ServerStartCommand(SimMachine machine, Reach reach) {
        this.machine = machine;
        this.reach = reach;
    }

    @Override
    public String name() {
        return "server start";
    }

    @Override
    public List<Option> options() {
        return List.of(Option.port("-p, --port <port>"), Option.text("--bind <address>"), Option.flag("--cors"));
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
        reach.find(name(), session, () -> start(arguments, session));
    }

    private void start(Arguments arguments, CliSession session) {
        boolean cors = arguments.has("cors");
        if (cors) {
            session.warn("CORS is enabled. This means any website you visit can use the LM Studio server.");
        }
        String bind = arguments.text("bind").orElse(LOCAL);
        int last = machine.power().lastHttp().map(Power.Http::port).orElse(Power.USUAL_PORT);
        int port = arguments.integer("port").orElse(last);
        if (!bind.equals(LOCAL)) {
            session.warn(
                    "Server will accept connections from the network. Only use this if you know what you are doing!");
        }
        if (port == 0) {
            session.error("Invalid parameter(s) for client.system.startHttpServer(args):\n\n"
                    + "- args.port: Number must be greater than or equal to 1");
            session.exit(1);
            return;
        }
        machine.power().startHttp(new Power.Http(port, bind, cors));
        machine.agenda().in(FIRST_CHECK, () -> check(bind, port, 1, session));
    }

    private void check(String bind, int port, int number, CliSession session) {
        if (session.isOver()) {
            return;
        }
        if (reach.answers(bind, port)) {
            session.info("Success! Server is now running on port " + port);
            session.exit(0);
        } else if (number < MOST_CHECKS) {
            machine.agenda().in(BETWEEN_CHECKS, () -> check(bind, port, number + 1, session));
        } else {
            session.error("Failed to verify the server is running. Please try to use another port.");
            session.exit(1);
        }
    }
}
