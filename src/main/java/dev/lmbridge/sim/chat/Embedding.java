package dev.lmbridge.sim.chat;

import dev.lmbridge.sim.chat.words.Synonyms;
import dev.lmbridge.sim.chat.words.Words;
import java.util.List;

/**
 * Vectors without a network: each word, its stem and the trigrams of its letters add to the dimensions that their hashes
 * choose. So texts that share words are near each other, small typos included, and others are not.
 */
public final class Embedding {
    public static final int DIMENSIONS = 768;

    private static final double STOP_WORD = 0.05;
    private static final double WORD = 0.45;
    private static final double STEM = 0.9;
    private static final double TRIGRAMS = 0.8;

    private Embedding() {}

    /** A vector of length one; all zero but the first number for a text without words. */
    public static double[] of(String text) {
        double[] vector = new double[DIMENSIONS];
        List<String> words = Words.plain(text);
        for (String word : words) {
            if (Words.isStop(word)) {
                add(vector, word.hashCode(), STOP_WORD);
            } else {
                add(vector, word.hashCode(), WORD);
                add(vector, Synonyms.meaning(word).hashCode() * 31 + 7, STEM);
                trigrams(vector, " " + Words.stem(word) + " ");
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

    private static void trigrams(double[] vector, String padded) {
        int count = Math.max(1, padded.length() - 2);
        for (int i = 0; i + 3 <= padded.length(); i++) {
            add(vector, padded.substring(i, i + 3).hashCode() * 131 + 3, TRIGRAMS / Math.sqrt(count));
        }
    }

    private static void add(double[] vector, int seed, double weight) {
        int hash = seed;
        for (int i = 0; i < 4; i++) {
            hash = (hash ^ (hash >>> 15)) * 0x9E3779B1 + i;
            hash ^= hash >>> 13;
            vector[Math.floorMod(hash, DIMENSIONS)] += (hash & 0x10000) == 0 ? weight / 2 : -weight / 2;
        }
    }
}
