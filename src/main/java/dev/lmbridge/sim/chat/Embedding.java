package dev.lmbridge.sim.chat;

import java.util.Locale;

/** Vectors without a network: each word adds to the dimensions that its hash chooses, so texts that share words are near each other. */
public final class Embedding {
    public static final int DIMENSIONS = 768;

    private Embedding() {}

    /** A vector of length one; all zero but the first number for a text without words. */
    public static double[] of(String text) {
        double[] vector = new double[DIMENSIONS];
        for (String word : text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+", -1)) {
            if (!word.isEmpty()) {
                int hash = word.hashCode() * 0x9E3779B9;
                for (int i = 0; i < 4; i++) {
                    hash = Integer.rotateLeft(hash, 9) * 5 + i;
                    vector[Math.floorMod(hash, DIMENSIONS)] += (hash & 0x10000) == 0 ? 1 : -1;
                }
            }
        }
        double length = 0;
        for (double value : vector) {
            length += value * value;
        }
        if (length == 0) {
            vector[0] = 1;
            return vector;
        }
        double scale = 1 / Math.sqrt(length);
        for (int i = 0; i < vector.length; i++) {
            vector[i] *= scale;
        }
        return vector;
    }
}
