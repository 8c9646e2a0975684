package dev.lmbridge.lms;

import java.math.BigDecimal;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stdout of a download: a bar that is painted over twenty times a second, such as {@code ⠋ [███   ] 12.34% | 1.23 GB / 4.68 GB |
 * 45.00 MB/s | ETA 01:23} (lms 0.3.43). The last frame becomes progress; of all the rest only the end is kept.
 */
final class BarCapture implements Capture {
    private static final Logger log = LoggerFactory.getLogger(BarCapture.class);

    /** Longer than any frame, so that one which came in two pieces is still read whole. */
    private static final int KEPT = 4 * 1024;

    private static final String SIZE = "\\h*([0-9]{1,9}(?:\\.[0-9]{1,6})?)\\h*([KMGTP]?i?B|bytes)";
    private static final Pattern FRAME = Pattern.compile(
            "([0-9]{1,3}(?:\\.[0-9]{1,6})?)%\\h*\\|" + SIZE + "\\h*/" + SIZE + "(?:\\h*\\|" + SIZE + "/s)?",
            Pattern.CASE_INSENSITIVE);

    private final Tail tail = new Tail(KEPT);
    private final LmsProgress progress;
    private @Nullable LmsDownload last;

    BarCapture(LmsProgress progress) {
        this.progress = progress;
    }

    @Override
    public void take(byte[] bytes, int length) {
        tail.take(bytes, length);
        Optional<LmsDownload> reached = lastFrame(tail.text());
        if (reached.isEmpty() || reached.get().equals(last)) {
            return;
        }
        last = reached.get();
        try {
            progress.downloaded(reached.get());
        } catch (RuntimeException e) {
            log.atWarn().setCause(e).log("a listener to the progress of a download failed");
        }
    }

    static Optional<LmsDownload> lastFrame(String painted) {
        Matcher frame = FRAME.matcher(TerminalText.withoutEscapes(painted));
        Optional<LmsDownload> found = Optional.empty();
        while (frame.find()) {
            double percent = Double.parseDouble(frame.group(1));
            if (percent <= 100) {
                found = Optional.of(new LmsDownload(
                        percent,
                        bytes(frame.group(2), frame.group(3)),
                        bytes(frame.group(4), frame.group(5)),
                        frame.group(6) == null ? null : bytes(frame.group(6), frame.group(7))));
            }
        }
        return found;
    }

    /** LM Studio means thousands by K, M, G, T. */
    private static long bytes(String figure, String unit) {
        String name = unit.toUpperCase(Locale.ROOT);
        int power = name.equals("BYTES") ? 0 : Math.max(0, "BKMGTP".indexOf(name.charAt(0)));
        BigDecimal base = BigDecimal.valueOf(name.contains("I") ? 1_024 : 1_000);
        return new BigDecimal(figure).multiply(base.pow(power)).longValue();
    }

    @Override
    public String text() {
        return tail.text();
    }

    @Override
    public boolean truncated() {
        return tail.truncated();
    }
}
