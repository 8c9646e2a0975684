import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.PriorityQueue;

/**
 * A host that answers at once, for measuring what stands before it: one thread, one model that is loaded, the model lists of
 * LM Studio. A chat request says in its field {@code bench} what it gets: {@code {"chunks":50,"gapMs":50}}. Each chunk of a
 * stream is written on its own and carries the time of its writing (CLOCK_MONOTONIC in ns, 20 digits).
 *
 * <p>Arguments: port, model, how many predictions at once it says it takes.
 */
final class Upstream {
    private static final int ANSWER_BYTES = 600;
    private static final int LARGEST_REQUEST = 1 << 20;
    private static final byte[] HEAD_END = bytes("\r\n\r\n");
    private static final byte[] LENGTH = bytes("content-length:");
    private static final int TIME_DIGITS = 20;

    private final Selector selector = Selector.open();
    private final ArrayDeque<Caller> eager = new ArrayDeque<>();
    private final PriorityQueue<Caller> patient = new PriorityQueue<>((a, b) -> Long.compare(a.due, b.due));
    private final ByteBuffer out = ByteBuffer.allocateDirect(4 << 10);
    private final byte[] whole;
    private final byte[] models;
    private final byte[] streamHead = bytes("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\n"
            + "Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n");
    private final byte[] chunk;
    private final byte[] streamEnd;
    private final int timeAt;

    private Upstream(String model, int parallel) throws IOException {
        String answer = "{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"" + model
                + "\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"";
        String rest = "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":90,\"total_tokens\":99}}";
        whole = json(answer + "word ".repeat(ANSWER_BYTES).substring(0, ANSWER_BYTES - answer.length() - rest.length()) + rest);
        models = json("{\"models\":[{\"type\":\"llm\",\"publisher\":\"bench\",\"key\":\"" + model + "\",\"display_name\":\"" + model
                + "\",\"size_bytes\":1073741824,\"max_context_length\":8192,\"format\":\"gguf\",\"loaded_instances\":[{\"id\":\""
                + model + "\",\"config\":{\"context_length\":8192,\"parallel\":" + parallel + "}}]}]}");
        String before = "data: {\"system_fingerprint\":\"";
        String event = before + "0".repeat(TIME_DIGITS) + "\",\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\","
                + "\"created\":1,\"model\":\"" + model
                + "\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\" word\"},\"finish_reason\":null}]}\n\n";
        String size = Integer.toHexString(event.length()) + "\r\n";
        chunk = bytes(size + event + "\r\n");
        timeAt = size.length() + before.length();
        String last = "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"" + model
                + "\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";
        streamEnd = bytes(Integer.toHexString(last.length()) + "\r\n" + last + "\r\n0\r\n\r\n");
    }

    public static void main(String[] args) throws IOException {
        new Upstream(args[1], Integer.parseInt(args[2])).serve(Integer.parseInt(args[0]));
    }

    private void serve(int port) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress("127.0.0.1", port), 8_192);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
        System.out.println("listening");
        while (true) {
            wait(eager.isEmpty() ? patient.peek() : null);
            for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext(); ) {
                SelectionKey key = keys.next();
                keys.remove();
                if (key.isAcceptable()) {
                    accept(server);
                } else {
                    guarded((Caller) key.attachment(), Caller::ready);
                }
            }
            long now = System.nanoTime();
            while (!patient.isEmpty() && patient.peek().due <= now) {
                guarded(patient.poll(), Caller::tell);
            }
            // Each stream in turn gives one chunk, as hosts do that generate for several clients.
            for (int turns = eager.size(); turns > 0; turns--) {
                guarded(eager.poll(), Caller::tell);
            }
        }
    }

    private void wait(Caller next) throws IOException {
        if (!eager.isEmpty()) {
            selector.selectNow();
        } else if (next == null) {
            selector.select();
        } else {
            long millis = (next.due - System.nanoTime()) / 1_000_000;
            if (millis > 0) {
                selector.select(millis);
            } else {
                selector.selectNow();
            }
        }
    }

    private void accept(ServerSocketChannel server) throws IOException {
        for (SocketChannel channel = server.accept(); channel != null; channel = server.accept()) {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            Caller caller = new Caller(channel);
            caller.key = channel.register(selector, SelectionKey.OP_READ, caller);
        }
    }

    private interface Step {
        void take(Caller caller) throws IOException;
    }

    private void guarded(Caller caller, Step step) throws IOException {
        try {
            step.take(caller);
        } catch (IOException gone) {
            caller.gone = true;
            caller.channel.close();
        }
    }

    private static byte[] json(String body) {
        return bytes("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    /** Where {@code wanted} (lower case) begins in a range, letters taken as lower case; -1 if nowhere. */
    private static int find(byte[] in, int from, int to, byte[] wanted) {
        search:
        for (int at = from; at <= to - wanted.length; at++) {
            for (int each = 0; each < wanted.length; each++) {
                int next = in[at + each];
                if ((next >= 'A' && next <= 'Z' ? next + 32 : next) != wanted[each]) {
                    continue search;
                }
            }
            return at;
        }
        return -1;
    }

    private static long number(byte[] in, int from, int to, byte[] name, long otherwise) {
        int at = find(in, from, to, name);
        if (at < 0) {
            return otherwise;
        }
        long value = 0;
        for (at += name.length; at < to && (in[at] == ' ' || (in[at] >= '0' && in[at] <= '9')); at++) {
            value = in[at] == ' ' ? value : value * 10 + in[at] - '0';
        }
        return value;
    }

    /** One connection. */
    private final class Caller {
        private static final byte[] STREAM = {'"', 's', 't', 'r', 'e', 'a', 'm', '"', ':', 't', 'r', 'u', 'e'};
        private static final byte[] CHUNKS = {'"', 'c', 'h', 'u', 'n', 'k', 's', '"', ':'};
        private static final byte[] GAP = {'"', 'g', 'a', 'p', 'm', 's', '"', ':'};
        private static final byte[] CHAT = {'p', 'o', 's', 't', ' ', '/', 'v', '1', '/', 'c', 'h', 'a', 't', '/'};
        private static final byte[] LISTS = {'g', 'e', 't', ' ', '/', 'a', 'p', 'i', '/', 'v', '1', '/', 'm'};

        private final SocketChannel channel;
        private SelectionKey key;
        private ByteBuffer in = ByteBuffer.allocate(2 << 10);
        private ByteBuffer unsent;
        private long chunks;
        private long gap;
        private long due;
        private boolean streaming;
        private boolean gone;

        private Caller(SocketChannel channel) {
            this.channel = channel;
        }

        private void ready() throws IOException {
            if (unsent != null && channel.write(unsent) >= 0 && !unsent.hasRemaining()) {
                unsent = null;
                key.interestOps(SelectionKey.OP_READ);
                if (streaming) {
                    goOn();
                }
            }
            if (!key.isReadable()) {
                return;
            }
            if (!in.hasRemaining()) {
                if (in.capacity() >= LARGEST_REQUEST) {
                    throw new IOException("a request of more than " + LARGEST_REQUEST + " bytes");
                }
                in = ByteBuffer.allocate(in.capacity() * 2).put(in.flip());
            }
            if (channel.read(in) < 0) {
                throw new IOException("closed");
            }
            serve();
        }

        private void serve() throws IOException {
            byte[] got = in.array();
            while (!streaming && unsent == null) {
                int head = find(got, 0, in.position(), HEAD_END);
                if (head < 0) {
                    return;
                }
                int body = head + HEAD_END.length;
                int end = body + (int) number(got, 0, head, LENGTH, 0);
                if (in.position() < end) {
                    return;
                }
                answer(got, body, end);
                int left = in.position() - end;
                System.arraycopy(got, end, got, 0, left);
                in.position(left);
            }
        }

        private void answer(byte[] got, int body, int end) throws IOException {
            if (find(got, 0, LISTS.length, LISTS) == 0) {
                send(models);
            } else if (find(got, 0, CHAT.length, CHAT) != 0) {
                String line = new String(got, 0, Math.max(0, find(got, 0, end, new byte[] {'\r'})), ISO_8859_1);
                send(json("{\"error\":\"Unexpected endpoint or method. (" + line.replaceAll("[^\\w /.-]", "") + ")\"}"));
            } else if (find(got, body, end, STREAM) < 0) {
                send(whole);
            } else {
                chunks = number(got, body, end, CHUNKS, 50);
                gap = number(got, body, end, GAP, 0) * 1_000_000;
                due = System.nanoTime();
                streaming = true;
                out.clear();
                out.put(streamHead);
                tell();
            }
        }

        /** The next chunk; the stream's head may stand in the buffer already. */
        private void tell() throws IOException {
            if (gone) {
                return;
            }
            if (chunks-- > 0) {
                int at = out.position();
                out.put(chunk);
                long time = System.nanoTime();
                for (int digit = at + timeAt + TIME_DIGITS - 1; digit >= at + timeAt; digit--) {
                    out.put(digit, (byte) ('0' + time % 10));
                    time /= 10;
                }
            } else {
                streaming = false;
                out.put(streamEnd);
            }
            flush();
            if (unsent == null) {
                if (streaming) {
                    goOn();
                } else {
                    serve();
                }
            }
        }

        private void goOn() {
            if (gap == 0) {
                eager.add(this);
            } else {
                due += gap;
                patient.add(this);
            }
        }

        private void send(byte[] answer) throws IOException {
            out.clear();
            out.put(answer);
            flush();
        }

        private void flush() throws IOException {
            out.flip();
            channel.write(out);
            if (out.hasRemaining()) {
                byte[] rest = new byte[out.remaining()];
                out.get(rest);
                unsent = ByteBuffer.wrap(rest);
                key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
            }
            out.clear();
        }
    }
}
