package dev.lmbridge.gateway;

import io.vertx.core.buffer.Buffer;
import java.util.Arrays;

/**
 * Follows a stream of server-sent events as it passes, to know how it ended. Keeps the beginnings of three lines, without
 * their spaces, whatever passes.
 */
final class SseWatch {
    private static final int KEPT = 64;
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    private final AnswerForm form;
    private byte[] line = new byte[KEPT];
    private int length;
    private boolean returned;
    /** The name of the event that is passing. */
    private byte[] name = new byte[KEPT];

    private int nameLength;
    /** The last data that has passed, and the name of its event. */
    private byte[] data = new byte[KEPT];

    private int dataLength;
    private final byte[] dataName = new byte[KEPT];
    private int dataNameLength;

    SseWatch(AnswerForm form) {
        this.form = form;
    }

    /**
     * Follows what has come.
     *
     * @return where in the chunk a line begins that announces an error event; -1 if none does. What stands behind it is not
     *     followed any more. A line that began in an earlier chunk has gone through already and is not told.
     */
    int saw(Buffer chunk) {
        byte[] bytes = chunk.getBytes();
        int lineStart = length == 0 ? 0 : -1;
        for (int at = 0; at < bytes.length; at++) {
            byte next = bytes[at];
            if (next != '\n' && next != '\r') {
                returned = false;
                if (length < KEPT) {
                    if (next != ' ') {
                        line[length++] = next;
                    }
                } else {
                    at = lastOfLine(bytes, at);
                }
                continue;
            }
            boolean ended = next == '\n' && returned;
            returned = next == '\r';
            if (!ended) {
                if (lineStart >= 0 && announcesError()) {
                    return lineStart;
                }
                endOfLine();
            }
            lineStart = at + 1;
        }
        return lineStart >= 0 && announcesError() ? lineStart : -1;
    }

    /** Enough of the line is known: only its end matters. */
    private static int lastOfLine(byte[] bytes, int from) {
        int at = from + 1;
        while (at < bytes.length && bytes[at] != '\n' && bytes[at] != '\r') {
            at++;
        }
        return at - 1;
    }

    private boolean announcesError() {
        return length > 0 && (line[0] == 'e' || line[0] == 'd') && isOneOf(form.failures(), line, length);
    }

    private static boolean isOneOf(byte[][] beginnings, byte[] line, int length) {
        for (byte[] beginning : beginnings) {
            if (length >= beginning.length
                    && Arrays.equals(line, 0, beginning.length, beginning, 0, beginning.length)
                    && (beginning[0] == 'e' ? length == beginning.length : !saysNull(line, beginning.length, length))) {
                return true;
            }
        }
        return false;
    }

    private static boolean saysNull(byte[] line, int from, int length) {
        return length >= from + NULL.length && Arrays.equals(line, from, from + NULL.length, NULL, 0, NULL.length);
    }

    private void endOfLine() {
        if (length == 0) {
            nameLength = 0;
        } else if (line[0] == 'd' && !isStrayDone()) {
            byte[] old = data;
            data = line;
            dataLength = length;
            line = old;
            System.arraycopy(name, 0, dataName, 0, nameLength);
            dataNameLength = nameLength;
        } else if (line[0] == 'e') {
            byte[] old = name;
            name = line;
            nameLength = length;
            line = old;
        }
        length = 0;
    }

    /** OpenAI's end behind another protocol's own end says nothing new. */
    private boolean isStrayDone() {
        return form != AnswerForm.CHUNKS && isWhole(AnswerForm.CHUNKS.endings()[0], line, length);
    }

    private static boolean isWhole(byte[] wanted, byte[] line, int length) {
        return length == wanted.length && Arrays.equals(line, 0, length, wanted, 0, length);
    }

    /** Whether data has gone through. */
    boolean hasPassed() {
        return dataLength > 0;
    }

    /** The stream has ended: what came last counts as a line, even without its end. */
    void ended() {
        endOfLine();
    }

    /** Whether the stream came to the end that its protocol prescribes. */
    boolean isDone() {
        return form == AnswerForm.CHUNKS
                ? isWhole(form.endings()[0], data, dataLength)
                : isOneOf(form.endings(), data, dataLength) || isOneOf(form.endings(), dataName, dataNameLength);
    }

    /** Whether the host itself ended the stream with an error event. */
    boolean isFailed() {
        return isOneOf(form.failures(), data, dataLength) || isOneOf(form.failures(), dataName, dataNameLength);
    }
}
