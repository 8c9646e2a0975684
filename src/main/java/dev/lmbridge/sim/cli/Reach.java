package dev.lmbridge.sim.cli;

import dev.lmbridge.sim.faults.FaultBook;
import dev.lmbridge.sim.faults.FaultKind;
import java.util.Set;
import java.util.function.IntSupplier;

/** Whether a call reaches this LM Studio: by default it does; {@code --host} and {@code --port} can name another one. */
final class Reach {
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "::1");
    private static final int DEFAULT_PORT = 1234;

    private final FaultBook faults;
    private final IntSupplier httpPort;

    Reach(FaultBook faults, IntSupplier httpPort) {
        this.faults = faults;
        this.httpPort = httpPort;
    }

    /** Ends the session with the right text when LM Studio is not there. */
    boolean connect(String command, Arguments arguments, CliSession session) {
        boolean named = arguments.has("host") || arguments.has("port");
        String host = arguments.text("host").orElse("127.0.0.1");
        int port = arguments.integer("port").orElse(DEFAULT_PORT);
        if (host.contains("://")) {
            return fail(session, "Host should not include the protocol.");
        }
        if (host.contains(":") && !LOOPBACK.contains(host)) {
            return fail(session, "Host should not include the port number. Use --port instead.");
        }
        boolean down = faults.take(FaultKind.LMS_NOT_RUNNING, command).isPresent();
        if (named) {
            session.debug("Connecting to server at " + host + ":" + port);
            session.debug("Checking server at http://" + host + ":" + port + "/lmstudio-greeting");
        }
        if (named && (down || !LOOPBACK.contains(host) || port != httpPort.getAsInt())) {
            return fail(
                    session,
                    "The server does not appear to be running at " + host + ":" + port
                            + ". Please make sure the server is running and accessible at the specified address.");
        }
        if (down) {
            session.error("LM Studio daemon is not running and no valid installation could be found or installed.");
            return fail(session, "Failed to start or connect to local LM Studio API server.");
        }
        if (named) {
            session.debug("Found server at " + port);
        }
        return true;
    }

    private static boolean fail(CliSession session, String text) {
        session.error(text);
        session.exit(1);
        return false;
    }
}
