import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.util.Arrays;

/** Reads the answers of one connection as their bytes come: HTTP/1.1 with a length or in chunks, events line by line. */
final class Answer {
    /** Hears of each event that carries an answer's piece. */
    interface Events {
        /** @param sent when the upstream wrote it, -1 if it does not say */
        void piece(long sent);
    }

    private enum At {
        HEAD,
        BODY,
        CHUNK_SIZE,
        CHUNK,
        AFTER_CHUNK,
        LAST_LINE
    }

    private static final byte[] PIECE = "data: {\"system_fingerprint\":\"".getBytes(ISO_8859_1);
    private static final byte[] DONE = "data: [DONE]".getBytes(ISO_8859_1);
    private static final int DIGITS = 20;

    private final Events events;
    private final byte[] line = new byte[16 << 10];
    private int length;
    /** The beginning of an event's line. */
    private final byte[] event = new byte[PIECE.length + DIGITS];
    private int eventLength;
    private At at = At.HEAD;
    private long left;

    int status;
    int pieces;
    boolean saidDone;
    boolean closes;

    Answer(Events events) {
        this.events = events;
    }

    /** Takes what has come; true if the answer is complete. Nothing may follow it: requests are not pipelined. */
    boolean take(byte[] got, int count) throws IOException {
        int next = 0;
        while (next < count) {
            switch (at) {
                case BODY, CHUNK -> {
                    int some = (int) Math.min(left, count - next);
                    if (at == At.CHUNK) {
                        lines(got, next, next + some);
                    }
                    next += some;
                    left -= some;
                    if (left == 0 && at == At.BODY) {
                        return complete(next == count);
                    }
                    if (left == 0) {
                        at = At.AFTER_CHUNK;
                    }
                }
                case HEAD, CHUNK_SIZE, AFTER_CHUNK, LAST_LINE -> {
                    byte one = got[next++];
                    if (one != '\n') {
                        keep(one);
                    } else if (endOfLine()) {
                        return complete(next == count);
                    }
                }
            }
        }
        return false;
    }

    private boolean complete(boolean whole) throws IOException {
        if (!whole) {
            throw new IOException("something follows the answer");
        }
        at = At.HEAD;
        return true;
    }

    /** Makes ready for the next answer. */
    void begin() {
        status = 0;
        pieces = 0;
        saidDone = false;
        left = -1;
        at = At.HEAD;
        length = 0;
    }

    /** A line of HTTP's own has ended; true if the answer has, too. */
    private boolean endOfLine() throws IOException {
        int size = length > 0 && line[length - 1] == '\r' ? length - 1 : length;
        length = 0;
        switch (at) {
            case HEAD -> {
                if (size > 0) {
                    head(size);
                } else if (left == -2) {
                    at = At.CHUNK_SIZE;
                } else if (left == 0) {
                    return true;
                } else if (left > 0) {
                    at = At.BODY;
                } else {
                    throw new IOException("an answer without a length");
                }
            }
            case CHUNK_SIZE -> {
                left = Long.parseLong(new String(line, 0, size, ISO_8859_1).split(";")[0].strip(), 16);
                at = left == 0 ? At.LAST_LINE : At.CHUNK;
            }
            case AFTER_CHUNK -> at = At.CHUNK_SIZE;
            case LAST_LINE -> {
                return size == 0;
            }
            case BODY, CHUNK -> throw new IllegalStateException();
        }
        return false;
    }

    private void head(int size) {
        if (status == 0) {
            status = Integer.parseInt(new String(line, 9, 3, ISO_8859_1));
        } else if (is(line, size, "content-length:")) {
            left = Long.parseLong(new String(line, 15, size - 15, ISO_8859_1).strip());
        } else if (is(line, size, "transfer-encoding:")) {
            left = -2;
        } else if (is(line, size, "connection: close")) {
            closes = true;
        }
    }

    private static boolean is(byte[] line, int size, String name) {
        return size >= name.length() && new String(line, 0, name.length(), ISO_8859_1).equalsIgnoreCase(name);
    }

    private void keep(byte one) throws IOException {
        if (length == line.length) {
            throw new IOException("a line of more than " + length + " bytes");
        }
        line[length++] = one;
    }

    private void lines(byte[] got, int from, int to) {
        for (int each = from; each < to; each++) {
            byte one = got[each];
            if (one == '\n') {
                event();
                eventLength = 0;
            } else if (eventLength < event.length) {
                event[eventLength++] = one;
            }
        }
    }

    private void event() {
        if (begins(DONE)) {
            saidDone = true;
        } else if (begins(PIECE)) {
            pieces++;
            long sent = 0;
            for (int digit = PIECE.length; digit < eventLength; digit++) {
                sent = sent * 10 + event[digit] - '0';
            }
            events.piece(eventLength == event.length ? sent : -1);
        }
    }

    private boolean begins(byte[] text) {
        return eventLength >= text.length && Arrays.equals(event, 0, text.length, text, 0, text.length);
    }
}
