package dev.lmbridge.sim.calls;

import dev.lmbridge.sim.cli.CliSession;
import dev.lmbridge.sim.cli.CliWire;
import dev.lmbridge.sim.cli.LmsFace;
import dev.lmbridge.sim.standin.Frame;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes the calls of the stand-in {@code lms} processes and runs them in {@link LmsFace}. Loopback only, and only with its secret. */
public final class StandInServer {
    private final LmsFace face;
    private final CallLog log;
    private final NetServer server;
    private final String secret = newSecret();

    public StandInServer(Vertx vertx, LmsFace face, CallLog log) {
        this.face = face;
        this.log = log;
        this.server = vertx.createNetServer().connectHandler(this::connected);
    }

    /** The port. */
    public Future<Integer> listen() {
        return server.listen(0, "127.0.0.1").map(NetServer::actualPort);
    }

    public String secret() {
        return secret;
    }

    /** Stops, and ends the processes that faults left behind. */
    public Future<Void> close() {
        log.grandchildren().forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        return server.close();
    }

    private void connected(NetSocket socket) {
        Connection connection = new Connection(socket);
        socket.handler(new FrameReader(connection::frame, socket::close));
        socket.exceptionHandler(error -> {});
        socket.closeHandler(nothing -> connection.closed());
    }

    /** One process. */
    private final class Connection implements CliWire {
        private final NetSocket socket;
        private @Nullable CliSession session;
        private CallLog.@Nullable LmsCall call;
        private String home = "";

        Connection(NetSocket socket) {
            this.socket = socket;
        }

        void frame(byte kind, Buffer body) {
            if (kind == Frame.CALL && call == null) {
                begin(strings(body));
            } else if (session != null) {
                switch (kind) {
                    case Frame.INTERRUPTED -> session.interrupted();
                    case Frame.TERMINATED -> session.terminated();
                    case Frame.STDIN_ENDED -> session.stdinEnded();
                    case Frame.GRANDCHILD -> log.grandchild(Long.parseLong(body.toString(StandardCharsets.US_ASCII)));
                    default -> socket.close();
                }
            } else {
                socket.close();
            }
        }

        void closed() {
            if (call != null) {
                log.end(call, null);
            }
            if (session != null) {
                session.gone();
            }
        }

        private void begin(List<String> parts) {
            if (parts.size() < 2 || !parts.getFirst().equals(secret)) {
                socket.close();
                return;
            }
            List<String> argv = parts.subList(2, parts.size());
            home = parts.get(1);
            call = log.begin(argv, home);
            session = face.start(argv, this);
        }

        @Override
        public boolean hasRoom() {
            return !socket.writeQueueFull();
        }

        @Override
        public String home() {
            return home;
        }

        @Override
        public void out(String text) {
            send(Frame.OUT, text);
        }

        @Override
        public void err(String text) {
            send(Frame.ERR, text);
        }

        @Override
        public void exit(int code) {
            if (call != null) {
                log.end(call, code);
            }
            send(Frame.EXIT, Integer.toString(code));
        }

        @Override
        public void readStdin() {
            send(Frame.READ_STDIN, "");
        }

        @Override
        public void spawnGrandchild() {
            send(Frame.SPAWN, "");
        }

        private void send(byte kind, String text) {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            // A failed write means that the process is gone; the close handler tells.
            socket.write(Buffer.buffer(body.length + 5)
                    .appendByte(kind)
                    .appendInt(body.length)
                    .appendBytes(body));
        }
    }

    private static List<String> strings(Buffer body) {
        List<String> parts = new ArrayList<>();
        int at = 0;
        while (at + 4 <= body.length()) {
            int length = body.getInt(at);
            at += 4;
            if (length < 0 || length > body.length() - at) {
                return List.of();
            }
            parts.add(body.getString(at, at + length, "UTF-8"));
            at += length;
        }
        return parts;
    }

    private static String newSecret() {
        byte[] random = new byte[16];
        new SecureRandom().nextBytes(random);
        return HexFormat.of().formatHex(random);
    }
}
