package dev.lmbridge.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A client of {@code /bridge/v1/ws} that is told frame by frame. */
public final class SocketClient implements AutoCloseable, WebSocket.Listener {
    private final HttpClient http = HttpClient.newHttpClient();
    private final BlockingQueue<JsonNode> frames = new LinkedBlockingQueue<>();
    private final StringBuilder partial = new StringBuilder();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();
    private final boolean reading;
    private final WebSocket socket;

    private SocketClient(URI server, boolean reading) {
        this.reading = reading;
        URI url = URI.create("ws://" + server.getAuthority() + "/bridge/v1/ws");
        socket = http.newWebSocketBuilder()
                .connectTimeout(Duration.ofSeconds(20))
                .buildAsync(url, this)
                .join();
    }

    public static SocketClient open(URI server) {
        return new SocketClient(server, true);
    }

    /** One that takes nothing until it is told to. */
    public static SocketClient openWithoutReading(URI server) {
        return new SocketClient(server, false);
    }

    /** From now on it takes whatever comes. */
    public void read() {
        socket.request(Long.MAX_VALUE);
    }

    @Override
    public void onOpen(WebSocket opened) {
        if (reading) {
            opened.request(Long.MAX_VALUE);
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            frames.add(RunningBridge.parse(partial.toString()));
            partial.setLength(0);
        }
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closed.complete(code);
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        closed.completeExceptionally(error);
    }

    public WebSocket raw() {
        return socket;
    }

    public void send(String frame) {
        socket.sendText(frame, true).join();
    }

    /** The next frame, whatever it is. */
    public JsonNode next() {
        try {
            JsonNode frame = frames.poll(Waiting.BOUND.toSeconds(), TimeUnit.SECONDS);
            if (frame == null) {
                throw new AssertionError("No frame came within " + Waiting.BOUND);
            }
            return frame;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while a frame was awaited", e);
        }
    }

    /** All frames up to the first that is meant, which is the last of them. */
    public List<JsonNode> until(Predicate<JsonNode> meant) {
        List<JsonNode> passed = new ArrayList<>();
        do {
            passed.add(next());
        } while (!meant.test(passed.getLast()));
        return passed;
    }

    /** The answer to a frame; what comes before it is passed over. */
    public JsonNode answerTo(String id) {
        return until(frame -> frame.path("re").asText("").equals(id)).getLast();
    }

    /** Sends, and gives the answer. */
    public JsonNode ask(String id, String frame) {
        send(frame);
        return answerTo(id);
    }

    /** The code with which the server has closed. */
    public int closeCode() {
        try {
            return closed.get(Waiting.BOUND.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception notClosed) {
            throw new AssertionError("It was not closed properly", notClosed);
        }
    }

    @Override
    public void close() {
        socket.abort();
        http.shutdownNow();
    }
}
