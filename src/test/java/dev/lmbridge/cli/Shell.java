package dev.lmbridge.cli;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Calls the program as a shell would, with a home folder of its own, and keeps what it prints. */
final class Shell {
    static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    final Map<String, String> variables = new HashMap<>();
    private Service service = (settings, environment) -> 0;
    private InputStream in = InputStream.nullInputStream();
    private boolean terminal;
    String out = "";
    String err = "";

    Shell(Path home) {
        variables.put("HOME", home.toString());
    }

    Shell serving(Service service) {
        this.service = service;
        return this;
    }

    /** What a person types, at a terminal. */
    Shell typing(String text) {
        in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        terminal = true;
        return this;
    }

    /** What comes through a pipe. */
    Shell piping(String text) {
        in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        terminal = false;
        return this;
    }

    int run(String... args) {
        ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
        ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
        Environment environment = new Environment(
                variables,
                new PrintStream(outBytes, true, StandardCharsets.UTF_8),
                new PrintStream(errBytes, true, StandardCharsets.UTF_8),
                terminal,
                () -> NOW,
                in);
        int code = CommandLineInterface.run(args, environment, service);
        out = outBytes.toString(StandardCharsets.UTF_8);
        err = errBytes.toString(StandardCharsets.UTF_8);
        return code;
    }

    /** Answers every request the same and remembers the last one. */
    static final class FakeBridge implements AutoCloseable {
        private final HttpServer server;
        volatile @Nullable String request;
        volatile @Nullable String body;

        FakeBridge(int status, String answer, boolean simulated) throws IOException {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/", exchange -> {
                request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
                body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
                if (simulated) {
                    exchange.getResponseHeaders().set("X-LM-Bridge-Simulated", "true");
                }
                byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(status, bytes.length);
                exchange.getResponseBody().write(bytes);
                exchange.close();
            });
            server.start();
        }

        String url() {
            return "http://127.0.0.1:" + server.getAddress().getPort();
        }

        int port() {
            return server.getAddress().getPort();
        }

        @Override
        public void close() {
            server.stop(0);
        }
    }
}
