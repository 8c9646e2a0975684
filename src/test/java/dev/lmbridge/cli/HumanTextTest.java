package dev.lmbridge.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HumanTextTest {
    @ParameterizedTest
    @CsvSource({
        "0,0 B",
        "999,999 B",
        "1000,1.0 kB",
        "4680000000,4.7 GB",
        "999960000,1.0 GB",
        "2000000000000000,2000.0 TB"
    })
    void sizesAreInThousands(long bytes, String text) {
        assertThat(HumanText.size(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "-5000,0s",
        "0,0s",
        "3200,3.2s",
        "59999,59.9s",
        "580000,9m 40s",
        "600000,10m",
        "5400000,1h 30m",
        "90000000,1d 1h"
    })
    void durationsHaveTheirTwoLargestUnits(long millis, String text) {
        assertThat(HumanText.duration(Duration.ofMillis(millis))).isEqualTo(text);
    }

    @Test
    void nothingThatMovesTheCursorIsPrinted() {
        assertThat(HumanText.oneLine("a\u001b[31m\nb\u202ec\u2028")).isEqualTo("a?[31m?b?c?");
        assertThat(HumanText.oneLine("Größe 量 🙂")).isEqualTo("Größe 量 🙂");
    }
}
