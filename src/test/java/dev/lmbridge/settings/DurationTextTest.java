package dev.lmbridge.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationTextTest {
    @ParameterizedTest
    @CsvSource({"250ms,PT0.25S", "600s,PT10M", "10m,PT10M", "2h,PT2H", "30d,PT720H", "' 5s ',PT5S", "0s,PT0S"})
    void readsANumberWithAUnit(String text, Duration expected) {
        assertThat(DurationText.parse(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "60", "1.5s", "-1s", "1 s", "10 minutes", "5S", "9999999999s", "1h30m", "PT5S"})
    void refusesEverythingElse(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DurationText.parse(text))
                .withMessageContaining("unit");
    }

    @Test
    void aTtlMayBeABareNumberOfSeconds() {
        assertThat(DurationText.parseSecondsOrText("90")).isEqualTo(Duration.ofSeconds(90));
        assertThat(DurationText.parseSecondsOrText("10m")).isEqualTo(Duration.ofMinutes(10));
        assertThatIllegalArgumentException().isThrownBy(() -> DurationText.parseSecondsOrText("soon"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0s", "250ms", "61s", "90m", "10m", "2h", "30d"})
    void writesWhatItReads(String text) {
        assertThat(DurationText.format(DurationText.parse(text))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"512B,512", "2KB,2000", "256KiB,262144", "500MB,500000000", "2GiB,2147483648"})
    void sizesCountInThousandsOrInPowersOfTwo(String text, long bytes) {
        assertThat(SizeText.parse(text)).isEqualTo(bytes);
        assertThat(SizeText.parse(SizeText.format(bytes))).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "12", "1.5GiB", "2gib", "999999999999999999TiB"})
    void sizesRefuseEverythingElse(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> SizeText.parse(text));
    }
}
