package dev.lmbridge.lms;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Where the bytes of one stream go; bounded, whatever comes. Written by a pump, read by the owner of the call. */
sealed interface Capture permits Capture.Head, Capture.Tail, Capture.Load, BarCapture {
    void take(byte[] bytes, int length);

    String text();

    /** Whether bytes from the beginning on are no longer the whole. */
    boolean truncated();

    /** Keeps the beginning. */
    final class Head implements Capture {
        private final int limit;
        private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
        private boolean truncated;

        Head(int limit) {
            this.limit = limit;
        }

        @Override
        public synchronized void take(byte[] bytes, int length) {
            int fits = Math.min(length, limit - kept.size());
            kept.write(bytes, 0, fits);
            truncated |= fits < length;
        }

        @Override
        public synchronized String text() {
            return kept.toString(StandardCharsets.UTF_8);
        }

        @Override
        public synchronized boolean truncated() {
            return truncated;
        }
    }

    /** Keeps the end: the last words of a failing program are the ones that matter. */
    final class Tail implements Capture {
        private final byte[] ring;
        private long written;

        Tail(int limit) {
            ring = new byte[limit];
        }

        @Override
        public synchronized void take(byte[] bytes, int length) {
            for (int from = Math.max(0, length - ring.length); from < length; ) {
                int at = (int) ((written + from) % ring.length);
                int run = Math.min(length - from, ring.length - at);
                System.arraycopy(bytes, from, ring, at, run);
                from += run;
            }
            written += length;
        }

        @Override
        public synchronized String text() {
            int kept = (int) Math.min(written, ring.length);
            int start = (int) ((written - kept) % ring.length);
            var bytes = new byte[kept];
            int first = Math.min(kept, ring.length - start);
            System.arraycopy(ring, start, bytes, 0, first);
            System.arraycopy(ring, 0, bytes, first, kept - first);
            int skip = 0;
            // A character that was cut in two would show as garbage.
            while (truncated() && skip < kept && (bytes[skip] & 0xC0) == 0x80) {
                skip++;
            }
            return new String(bytes, skip, kept - skip, StandardCharsets.UTF_8);
        }

        @Override
        public synchronized boolean truncated() {
            return written > ring.length;
        }
    }

    /** Stdout of a load: the frames of the spinner become progress and are not kept, the rest is, up to a limit. */
    final class Load implements Capture {
        private static final int LONGEST_LINE = 8 * 1024;

        private final Head rest;
        private final SpinnerProgress progress;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        Load(int limit, LmsProgress progress) {
            this.rest = new Head(limit);
            this.progress = new SpinnerProgress(progress);
        }

        @Override
        public void take(byte[] bytes, int length) {
            var heard = new StringBuilder();
            synchronized (this) {
                for (int i = 0; i < length; i++) {
                    if (bytes[i] == '\r' || bytes[i] == '\n') {
                        heard.append(endLine(bytes[i] == '\n')).append('\n');
                    } else if (line.size() < LONGEST_LINE) {
                        line.write(bytes[i]);
                    }
                }
                // A frame has no end of its own: without this look the last one would stay unheard until the next.
                heard.append(line.toString(StandardCharsets.UTF_8));
            }
            heard.toString().lines().forEach(progress::look);
        }

        private String endLine(boolean newLine) {
            var text = line.toString(StandardCharsets.UTF_8);
            line.reset();
            var plain = TerminalText.withoutEscapes(text);
            if (!plain.isBlank() && !TerminalText.isSpinnerFrame(plain)) {
                var kept = (newLine ? plain + "\n" : plain + "\r").getBytes(StandardCharsets.UTF_8);
                rest.take(kept, kept.length);
            }
            return plain;
        }

        @Override
        public synchronized String text() {
            var last = TerminalText.withoutEscapes(line.toString(StandardCharsets.UTF_8));
            return rest.text() + (last.isBlank() || TerminalText.isSpinnerFrame(last) ? "" : last);
        }

        @Override
        public synchronized boolean truncated() {
            return rest.truncated();
        }
    }
}
