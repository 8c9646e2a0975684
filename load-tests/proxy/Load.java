import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.locks.LockSupport;

/** The connections of one run. One thread reads all answers; at a fixed rate another one sends. */
final class Load implements AutoCloseable {
    private static final long LAST_ANSWERS_WITHIN = 10_000_000_000L;
    /** Time for a connection, and for a thread to end. */
    private static final int PATIENCE_MILLIS = 10_000;

    private static final int PROMPT_BYTES = 200;

    private final Map<String, String> words;
    private final boolean stream;
    private final boolean open;
    private final int expected;
    private final byte[] request;
    private final Selector selector = Selector.open();
    private final ByteBuffer in = ByteBuffer.allocate(64 << 10);
    private final List<Connection> connections = new ArrayList<>();
    private final ConcurrentLinkedDeque<Connection> free = new ConcurrentLinkedDeque<>();
    private final Thread reader = new Thread(this::read, "reader");
    private final Thread sender = new Thread(this::send, "sender");
    private final Histogram latency = new Histogram();
    private final Histogram delay = new Histogram();

    private volatile boolean measuring;
    private volatile boolean stopping;
    private volatile boolean closing;
    private volatile int busy;
    private long requests;
    private long pieces;
    private long errors;
    private String firstError;

    Load(Map<String, String> words) throws IOException {
        this.words = words;
        stream = words.get("mode").equals("stream");
        open = words.get("mode").equals("open");
        expected = stream ? Integer.parseInt(words.get("chunks")) : 0;
        String bench = stream ? ",\"bench\":{\"chunks\":" + expected + ",\"gapMs\":" + words.get("gapMs") + "}" : "";
        String body = "{\"model\":\"" + words.get("model") + "\",\"stream\":" + stream + bench
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"" + "word ".repeat(PROMPT_BYTES / 5) + "\"}]}";
        request = ("POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:" + words.get("port")
                        + "\r\nContent-Type: application/json\r\nAccept: */*\r\nUser-Agent: bench\r\nContent-Length: " + body.length()
                        + "\r\n\r\n" + body)
                .getBytes(ISO_8859_1);
        for (int each = Integer.parseInt(words.get("connections")); each > 0; each--) {
            connections.add(new Connection());
        }
    }

    void start() {
        if (open) {
            free.addAll(connections);
        }
        reader.start();
        if (open) {
            sender.start();
        }
    }

    void measure(boolean on) {
        measuring = on;
    }

    /** Sends nothing more and waits for what was sent. */
    void finish() throws InterruptedException {
        stopping = true;
        long by = System.nanoTime() + LAST_ANSWERS_WITHIN;
        if (open) {
            sender.join(PATIENCE_MILLIS);
        }
        while (busy > 0 && System.nanoTime() < by) {
            Thread.sleep(5);
        }
        int left = busy;
        closing = true;
        selector.wakeup();
        reader.join(PATIENCE_MILLIS);
        if (left > 0) {
            fail(left + " answers never ended");
        }
    }

    long counted() {
        return stream ? pieces : requests;
    }

    long requests() {
        return requests;
    }

    long pieces() {
        return pieces;
    }

    long errors() {
        return errors;
    }

    String firstError() {
        return firstError;
    }

    Histogram latency() {
        return latency;
    }

    Histogram delay() {
        return delay;
    }

    @Override
    public void close() throws IOException {
        closing = true;
        selector.wakeup();
        for (Connection connection : connections) {
            connection.channel.close();
        }
        selector.close();
    }

    private void fail(String why) {
        errors++;
        firstError = firstError == null ? why : firstError;
    }

    /** Draws when requests are due, and sends each on a connection that is free. If none is, it falls behind, and counts that. */
    private void send() {
        SplittableRandom random = new SplittableRandom(Long.parseLong(words.get("seed")));
        double perNano = Double.parseDouble(words.get("rate")) / 1e9;
        double due = System.nanoTime();
        while (!stopping) {
            due -= Math.log1p(-random.nextDouble()) / perNano;
            long wait = (long) due - System.nanoTime();
            if (wait > 0) {
                LockSupport.parkNanos(wait);
            }
            Connection connection = free.pollFirst();
            while (connection == null && !stopping) {
                LockSupport.parkNanos(50_000);
                connection = free.pollFirst();
            }
            if (connection != null) {
                connection.send((long) due);
            }
        }
    }

    private void read() {
        try {
            long began = System.nanoTime();
            long ramp = Long.parseLong(words.getOrDefault("rampMs", "0")) * 1_000_000;
            int started = open ? connections.size() : 0;
            while (!closing) {
                int due = ramp == 0
                        ? connections.size()
                        : (int) Math.min(connections.size(), connections.size() * (System.nanoTime() - began) / ramp + 1);
                while (started < due) {
                    connections.get(started++).send(System.nanoTime());
                }
                if (started < connections.size()) {
                    selector.select(2);
                } else {
                    selector.select(1_000);
                }
                for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext(); ) {
                    Connection connection = (Connection) keys.next().attachment();
                    keys.remove();
                    connection.read();
                }
            }
        } catch (IOException broken) {
            fail("reading: " + broken);
        }
    }

    private synchronized void busy(int more) {
        busy += more;
    }

    /** One connection; at most one request is under way on it. */
    private final class Connection implements Answer.Events {
        private final SocketChannel channel = SocketChannel.open();
        private final ByteBuffer out = ByteBuffer.allocateDirect(request.length).put(request).flip();
        private final Answer answer = new Answer(this);
        private volatile long began;
        private volatile boolean waiting;

        private Connection() throws IOException {
            channel.socket().connect(new InetSocketAddress("127.0.0.1", Integer.parseInt(words.get("port"))), PATIENCE_MILLIS);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, this);
        }

        private void send(long since) {
            busy(1);
            waiting = true;
            answer.begin();
            began = since;
            try {
                out.rewind();
                while (out.hasRemaining()) {
                    channel.write(out);
                }
            } catch (IOException broken) {
                lost("sending: " + broken);
            }
        }

        private void read() {
            in.clear();
            try {
                int count = channel.read(in);
                if (count < 0) {
                    throw new IOException("the connection was closed");
                }
                if (answer.take(in.array(), count)) {
                    complete();
                }
            } catch (IOException | RuntimeException broken) {
                lost("reading: " + broken);
            }
        }

        private void complete() throws IOException {
            over();
            if (answer.status != 200 || answer.closes || (stream && (answer.pieces != expected || !answer.saidDone))) {
                throw new IOException("status " + answer.status + ", " + answer.pieces + " pieces"
                        + (answer.closes ? ", and the connection is to be closed" : ""));
            }
            if (measuring) {
                requests++;
                if (!stream) {
                    latency.add(System.nanoTime() - began);
                }
            }
            if (open) {
                free.addFirst(this);
            } else if (!stopping) {
                send(System.nanoTime());
            }
        }

        private void over() {
            if (waiting) {
                waiting = false;
                busy(-1);
            }
        }

        @Override
        public void piece(long sent) {
            if (!measuring) {
                return;
            }
            long now = System.nanoTime();
            pieces++;
            if (answer.pieces == 1) {
                latency.add(now - began);
            }
            if (sent >= 0) {
                delay.add(now - sent);
            }
        }

        /** The run has failed: one connection less would make another load of it. */
        private void lost(String why) {
            over();
            fail(why);
            try {
                channel.close();
            } catch (IOException unimportant) {
                fail("closing: " + unimportant);
            }
        }
    }
}
