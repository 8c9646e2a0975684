package dev.lmbridge.lms;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The bar of {@code lms get}, read. */
final class BarCaptureTest {
    private static final String FRAME =
            "\u001b[?25l\u001b[s\r⠋ [███                   ] 12.34% |   1.23 GB /   4.68 GB |  45.00 MB/s | ETA 01:16          \u001b[u";

    private final List<LmsDownload> heard = new ArrayList<>();
    private final BarCapture capture = new BarCapture(new LmsProgress() {
        @Override
        public void percent(int percent) {}

        @Override
        public void downloaded(LmsDownload reached) {
            heard.add(reached);
        }
    });

    @Test
    void aFrameTellsPercentBytesAndSpeed() {
        take(FRAME);

        assertThat(heard).containsExactly(new LmsDownload(12.34, 1_230_000_000, 4_680_000_000L, 45_000_000L));
    }

    @Test
    void whatIsPaintedAgainIsToldOnce() {
        take(FRAME);
        take(FRAME);
        take(FRAME.replace("12.34%", "13.00%"));

        assertThat(heard).extracting(LmsDownload::percent).containsExactly(12.34, 13.0);
    }

    @Test
    void aFrameMayComeByteByByte() {
        for (byte each : FRAME.getBytes(StandardCharsets.UTF_8)) {
            capture.take(new byte[] {each}, 1);
        }

        assertThat(heard.getLast()).isEqualTo(new LmsDownload(12.34, 1_230_000_000, 4_680_000_000L, 45_000_000L));
    }

    @Test
    void otherTextAndImpossibleFiguresAreNoProgress() {
        take("Searching 50% of what there is | 1 of 2\n");
        take("[█] 999.00% | 1.00 GB / 2.00 GB");
        take("x".repeat(100_000));

        assertThat(heard).isEmpty();
        assertThat(capture.text().length()).isLessThan(10_000);
    }

    private void take(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        capture.take(bytes, bytes.length);
    }
}
