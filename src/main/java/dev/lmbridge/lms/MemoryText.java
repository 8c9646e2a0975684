package dev.lmbridge.lms;

import java.math.BigDecimal;
import java.util.Locale;

/** Sizes as LM Studio writes them: by K, M, G and T it means powers of 1000, by Ki, Mi, Gi and Ti those of 1024. */
final class MemoryText {
    private MemoryText() {}

    /**
     * The size in bytes.
     *
     * @param unit {@code B}, {@code bytes}, or one of those letters before {@code B} or {@code iB}, in any case
     */
    static long bytes(String number, String unit) {
        String upper = unit.toUpperCase(Locale.ROOT);
        int power = Math.max(0, "BKMGT".indexOf(upper.equals("BYTES") ? 'B' : upper.charAt(0)));
        BigDecimal base = BigDecimal.valueOf(upper.contains("I") ? 1024 : 1000);
        return new BigDecimal(number).multiply(base.pow(power)).longValue();
    }
}
