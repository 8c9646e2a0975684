import java.util.Arrays;

/** Times in nanoseconds, counted in buckets that are at most 1/64 wide. */
final class Histogram {
    private static final int FINE = 6;

    private final long[] counts = new long[64 << FINE];
    private long total;

    void add(long nanos) {
        counts[bucket(Math.max(1, nanos))]++;
        total++;
    }

    void clear() {
        Arrays.fill(counts, 0);
        total = 0;
    }

    long count() {
        return total;
    }

    /** The middle of the bucket that holds the value which {@code share} of all do not pass, in µs; NaN without values. */
    double micros(double share) {
        long rank = Math.max(1, (long) Math.ceil(share * total));
        long seen = 0;
        for (int bucket = 0; bucket < counts.length; bucket++) {
            seen += counts[bucket];
            if (seen >= rank) {
                return (lowest(bucket) + lowest(bucket + 1)) / 2_000.0;
            }
        }
        return Double.NaN;
    }

    private static int bucket(long nanos) {
        int exponent = 63 - Long.numberOfLeadingZeros(nanos);
        return exponent < FINE ? (int) nanos : ((exponent - FINE + 1) << FINE) + (int) (nanos >>> (exponent - FINE)) - (1 << FINE);
    }

    private static long lowest(int bucket) {
        int exponent = (bucket >>> FINE) - 1;
        return exponent < 0 ? bucket : (long) ((1 << FINE) + (bucket & ((1 << FINE) - 1))) << exponent;
    }
}
