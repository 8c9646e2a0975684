package dev.lmbridge.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A service whose answers a test writes down: for each request in turn, the last one again and again. */
final class ScriptedBridge implements AutoCloseable {
    final List<String> requests = new CopyOnWriteArrayList<>();
    final List<String> bodies = new CopyOnWriteArrayList<>();
    private final Map<String, List<Scripted>> script = new LinkedHashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    private record Scripted(int status, String type, String body, Runnable before) {}

    ScriptedBridge() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::serve);
        server.start();
    }

    ScriptedBridge on(String request, int status, String json) {
        return on(request, status, json, () -> {});
    }

    /**
     * The same, later.
     *
     * @param before what has to happen before it answers
     */
    ScriptedBridge on(String request, int status, String json, Runnable before) {
        script.computeIfAbsent(request, none -> new ArrayList<>())
                .add(new Scripted(status, "application/json", json, before));
        return this;
    }

    /** A stream of these events. */
    ScriptedBridge streams(String... events) {
        StringBuilder body = new StringBuilder(": waiting\n\n");
        for (String event : events) {
            body.append("data: ").append(event).append("\n\n");
        }
        script.computeIfAbsent("POST /v1/chat/completions", none -> new ArrayList<>())
                .add(new Scripted(200, "text/event-stream", body.toString(), () -> {}));
        return this;
    }

    private void serve(HttpExchange exchange) throws IOException {
        String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        requests.add(request);
        bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        Scripted answer = next(request);
        answer.before().run();
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", answer.type());
        exchange.getResponseHeaders().set("X-LM-Bridge-Simulated", "true");
        exchange.sendResponseHeaders(answer.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private synchronized Scripted next(String request) {
        List<Scripted> answers =
                script.getOrDefault(request, List.of(new Scripted(404, "application/json", "{}", () -> {})));
        return Objects.requireNonNull(answers.size() > 1 ? answers.removeFirst() : answers.getFirst());
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
