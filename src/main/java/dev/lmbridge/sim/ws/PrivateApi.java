package dev.lmbridge.sim.ws;

import dev.lmbridge.sim.machine.ModelType;
import dev.lmbridge.sim.machine.SimMachine;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.ServerWebSocket;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The private API of LM Studio that {@code lms} talks to: one socket per namespace, at {@code /llm}, {@code /system} and so on.
 *
 * <p>It is to be called on the thread of the machine. The server that hands it sockets must not offer per-message compression
 * ({@code HttpServerOptions.setPerMessageWebSocketCompressionSupported(false)}): compressing makes {@code lms} send later than it
 * exits, and the cancel of an interrupted load would not arrive (seen with {@code lms} 0.3.43).
 *
 * <p>Faults of the machine show here as everywhere, and of those of the {@code lms} process the few that an answer can bring about.
 */
public final class PrivateApi implements Handler<ServerWebSocket> {
    /** Sockets at once; one {@code lms} call has at most four. */
    static final int MAX_SOCKETS = 256;

    private static final Duration GREETING_DEADLINE = Duration.ofSeconds(10);
    private static final int WRITE_QUEUE_BYTES = 1024 * 1024;

    private static final int UNSUPPORTED_DATA = 1003;
    private static final int INTERNAL_ERROR = 1011;
    private static final int TRY_AGAIN_LATER = 1013;
    /** A reason may have 123 bytes (RFC 6455, section 5.5.1). */
    private static final int REASON_LENGTH = 120;

    private static final Logger log = LoggerFactory.getLogger(PrivateApi.class);

    private final Vertx vertx;
    private final SimMachine machine;
    private int sockets;

    public PrivateApi(Vertx vertx, SimMachine machine) {
        this.vertx = vertx;
        this.machine = machine;
    }

    @Override
    public void handle(ServerWebSocket socket) {
        Optional<Namespace> namespace = Namespace.ofPath(socket.path());
        if (namespace.isEmpty()) {
            close(socket, Session.POLICY_VIOLATION, "There is no namespace at this path.");
        } else if (sockets >= MAX_SOCKETS) {
            close(socket, TRY_AGAIN_LATER, "At most " + MAX_SOCKETS + " connections are served at once.");
        } else {
            sockets++;
            serve(socket, namespace.get());
        }
    }

    private void serve(ServerWebSocket socket, Namespace namespace) {
        socket.setWriteQueueMaxSize(WRITE_QUEUE_BYTES);
        Session session = new Session(namespace, endpoints(namespace), new SocketOutlet(socket));
        long greeting = vertx.setTimer(GREETING_DEADLINE.toMillis(), timer -> {
            if (!session.authenticated()) {
                session.end(Session.POLICY_VIOLATION, "The client did not authenticate in time.");
            }
        });
        socket.textMessageHandler(text -> receive(session, text));
        socket.binaryMessageHandler(data -> session.end(UNSUPPORTED_DATA, "Frames must be text."));
        socket.exceptionHandler(failure -> log.atDebug()
                .addKeyValue("namespace", namespace.word())
                .setCause(failure)
                .log("private API connection failed"));
        socket.closeHandler(closed -> {
            sockets--;
            vertx.cancelTimer(greeting);
            session.abandoned();
        });
    }

    private static void receive(Session session, String text) {
        try {
            session.receive(text);
        } catch (RuntimeException bug) {
            log.error("the private API failed on a frame", bug);
            session.end(INTERNAL_ERROR, "The simulated LM Studio failed on this frame.");
        }
    }

    private Endpoints endpoints(Namespace namespace) {
        Endpoints sound = switch (namespace) {
            case LLM -> new ModelEndpoints(machine, ModelType.LLM);
            case EMBEDDING -> new ModelEndpoints(machine, ModelType.EMBEDDING);
            case REPOSITORY -> new RepositoryEndpoints(machine);
            case SYSTEM, DIAGNOSTICS, FILES, PLUGINS, RUNTIME -> new MachineEndpoints(machine, namespace);
        };
        return new FaultyEndpoints(machine.faults(), sound);
    }

    private static void close(ServerWebSocket socket, int code, String reason) {
        String bounded = reason.length() > REASON_LENGTH ? reason.substring(0, REASON_LENGTH) : reason;
        socket.close((short) code, bounded);
    }

    /** A client that does not read loses the connection instead of filling the memory. */
    private static final class SocketOutlet implements Outlet {
        private final ServerWebSocket socket;
        private boolean closed;

        SocketOutlet(ServerWebSocket socket) {
            this.socket = socket;
        }

        @Override
        public void send(String frame) {
            if (closed || socket.isClosed()) {
                return;
            }
            if (socket.writeQueueFull()) {
                close(Session.POLICY_VIOLATION, "The client does not read what it is sent.");
            } else {
                socket.writeTextMessage(frame);
            }
        }

        @Override
        public void sendIfRoom(String frame) {
            if (!closed && !socket.isClosed() && !socket.writeQueueFull()) {
                socket.writeTextMessage(frame);
            }
        }

        @Override
        public void close(int code, String reason) {
            if (!closed) {
                closed = true;
                PrivateApi.close(socket, code, reason);
            }
        }
    }
}
