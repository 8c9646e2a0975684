package dev.lmbridge.sim;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures how many short answers a second a running simulator gives: chats of one token, not streamed, over keep-alive connections that
 * each send the next request when the answer has come. One thread of its own does all of it, so that the simulator has the rest of the
 * machine.
 *
 * <p>Start the simulator so that its pace bounds nothing, with {@code bin/lm-bridge sim --port 1240 --pace 1000000}. Then {@code java
 * src/test/java/dev/lmbridge/sim/ShortAnswers.java http://127.0.0.1:1240 [connections] [seconds]} loads an instance with a slot for
 * each connection, warms up for as many seconds as it measures, prints one line, and unloads the instance.
 */
final class ShortAnswers {
    private static final Pattern INSTANCE = Pattern.compile("\"instance_id\"\\s*:\\s*\"([^\"]+)\"");

    private final URI url;
    private final byte[] request;
    private final List<Long> nanos = new ArrayList<>();

    private ShortAnswers(URI url, String instance) {
        this.url = url;
        String body = "{\"model\":\"" + instance + "\",\"max_tokens\":1,"
                + "\"messages\":[{\"role\":\"user\",\"content\":\"What is 6 * 7?\"}]}";
        this.request = ("POST /v1/chat/completions HTTP/1.1\r\nHost: " + url.getAuthority()
                        + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(ISO_8859_1);
    }

    /** One connection and the answer that it waits for. */
    private final class Connection {
        private final SocketChannel channel;
        private final ByteBuffer in = ByteBuffer.allocate(64 << 10);
        private long sent;

        Connection(Selector selector) throws IOException {
            channel = SocketChannel.open(new InetSocketAddress(url.getHost(), url.getPort()));
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, this);
        }

        void send() throws IOException {
            sent = System.nanoTime();
            ByteBuffer out = ByteBuffer.wrap(request);
            while (out.hasRemaining()) {
                channel.write(out);
            }
        }

        void read() throws IOException {
            if (channel.read(in) < 0) {
                throw new EOFException("The simulator closed a connection.");
            }
            String text = new String(in.array(), 0, in.position(), ISO_8859_1);
            int head = text.indexOf("\r\n\r\n");
            if (head < 0) {
                return;
            }
            if (!text.startsWith("HTTP/1.1 200 ")) {
                throw new IOException("The simulator answered: " + text);
            }
            int from = text.toLowerCase(Locale.ROOT).indexOf("content-length: ") + "content-length: ".length();
            int length = Integer.parseInt(text.substring(from, text.indexOf("\r\n", from)));
            if (in.position() >= head + 4 + length) {
                in.clear();
                nanos.add(System.nanoTime() - sent);
                send();
            }
        }
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        URI url = URI.create(args[0]);
        int connections = args.length > 1 ? Integer.parseInt(args[1]) : 50;
        int seconds = args.length > 2 ? Integer.parseInt(args[2]) : 10;
        Matcher loaded = INSTANCE.matcher(post(
                url.resolve("/api/v1/models/load"),
                "{\"model\":\"llama-3.2-1b-instruct\",\"parallel\":" + connections + "}"));
        if (!loaded.find()) {
            throw new IOException("The simulator loaded nothing.");
        }
        try {
            new ShortAnswers(url, loaded.group(1)).run(connections, seconds);
        } finally {
            post(url.resolve("/api/v1/models/unload"), "{\"instance_id\":\"" + loaded.group(1) + "\"}");
        }
    }

    private static String post(URI address, String body) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(address)
                    .timeout(Duration.ofSeconds(30))
                    .POST(BodyPublishers.ofString(body))
                    .build();
            return client.send(request, BodyHandlers.ofString()).body();
        }
    }

    private void run(int connections, int seconds) throws IOException {
        try (Selector selector = Selector.open()) {
            for (int i = 0; i < connections; i++) {
                new Connection(selector).send();
            }
            pass(selector, Duration.ofSeconds(seconds));
            nanos.clear();
            long began = System.nanoTime();
            pass(selector, Duration.ofSeconds(seconds));
            double took = (System.nanoTime() - began) / 1e9;
            Collections.sort(nanos);
            System.out.printf(
                    "%d connections, %.1f s after as long a warm-up: %.0f answers/s, p50 %.2f ms, p99 %.2f ms%n",
                    connections, took, nanos.size() / took, millis(0.50), millis(0.99));
        }
    }

    private double millis(double part) {
        return nanos.get((int) (part * (nanos.size() - 1))) / 1e6;
    }

    private static void pass(Selector selector, Duration time) throws IOException {
        long until = System.nanoTime() + time.toNanos();
        while (System.nanoTime() < until) {
            selector.select(100);
            for (SelectionKey key : selector.selectedKeys()) {
                ((Connection) key.attachment()).read();
            }
            selector.selectedKeys().clear();
        }
    }
}
