package dev.lmbridge.lms;

import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the percentage in frames such as {@code Loading qwen/qwen3-4b 25% ⠙} (lms since 2026-05-28). */
final class SpinnerProgress {
    private static final Logger log = LoggerFactory.getLogger(SpinnerProgress.class);
    private static final Pattern PERCENT = Pattern.compile("^\\h*Loading .* (\\d{1,3})%(?: \\S?)?$");

    private final LmsProgress listener;
    private int last = -1;

    SpinnerProgress(LmsProgress listener) {
        this.listener = listener;
    }

    void look(String frame) {
        var found = PERCENT.matcher(TerminalText.withoutEscapes(frame));
        if (!found.find()) {
            return;
        }
        int percent = Integer.parseInt(found.group(1));
        if (percent == last || percent > 100) {
            return;
        }
        last = percent;
        try {
            listener.percent(percent);
        } catch (RuntimeException e) {
            log.atWarn().setCause(e).log("a listener to the progress of a load failed");
        }
    }
}
