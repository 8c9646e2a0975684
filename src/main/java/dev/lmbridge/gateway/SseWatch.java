package dev.lmbridge.gateway;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/**
 * Follows a stream of server-sent events as it passes, to know how it ended. Keeps the beginning of one line, whatever
 * passes.
 */
final class SseWatch {
    private static final int KEPT = 48;

    private final byte[] line = new byte[KEPT];
    private int length;
    private String lastData = "";

    /**
     * Follows what has come.
     *
     * @return where in the chunk a line begins that announces an error event; -1 if none does. What stands behind it is not
     *     followed any more. A line that began in an earlier chunk has gone through already and is not told.
     */
    int saw(Buffer chunk) {
        int lineStart = length == 0 ? 0 : -1;
        for (int at = 0; at < chunk.length(); at++) {
            byte next = chunk.getByte(at);
            if (next == '\n' || next == '\r') {
                if (lineStart >= 0 && announcesError()) {
                    return lineStart;
                }
                endOfLine();
                lineStart = at + 1;
            } else if (length < KEPT) {
                line[length++] = next;
            }
        }
        return lineStart >= 0 && announcesError() ? lineStart : -1;
    }

    private boolean announcesError() {
        if (length == 0 || (line[0] != 'e' && line[0] != 'd')) {
            return false;
        }
        String text = new String(line, 0, length, StandardCharsets.UTF_8).replace(" ", "");
        return text.equals("event:error") || text.startsWith("data:{\"error\":");
    }

    private void endOfLine() {
        if (length > 0 && line[0] == 'd') {
            String text = new String(line, 0, length, StandardCharsets.UTF_8);
            if (text.startsWith("data:")) {
                lastData = text.substring("data:".length()).strip();
            }
        }
        length = 0;
    }

    /** The stream has ended: what came last counts as a line, even without its end. */
    void ended() {
        endOfLine();
    }

    /** Whether the stream came to the end that OpenAI's protocol prescribes. */
    boolean isDone() {
        return lastData.equals("[DONE]");
    }

    /** Whether the host itself ended the stream with an error event. */
    boolean isFailed() {
        return lastData.replace(" ", "").startsWith("{\"error\"");
    }
}
