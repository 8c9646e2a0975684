package dev.lmbridge.sim.chat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EmbeddingTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "the cat sat on the mat | on the mat sat the cat",
                "red apples are growing on old trees | a red apple grows on an old tree",
                "please reserve a table for tonight | please reserve a tabel for tonight",
                "how do I restart the server | how do I restart the server quickly",
                "the train to Vienna leaves at noon | trains to Vienna leave at noon",
                "invoices are paid within thirty days | an invoice is paid within thirty days",
                "she plays the violin beautifully | she played the violin beautifully",
                "database connection timed out | databse connection timed out",
                "buy milk and bread | buy bread and milk"
            })
    void similarTextsAreNear(String one, String other) {
        assertThat(cosine(one, other)).isGreaterThan(0.6);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "the cat sat on the mat | quarterly revenue grew sharply",
                "how do I restart the server | a recipe for plum cake",
                "the train to Vienna leaves at noon | he painted his kitchen yellow",
                "database connection timed out | birds migrate south every autumn",
                "invoices are paid within thirty days | my guitar has six strings",
                "she plays the violin beautifully | tax law in northern countries",
                "buy milk and bread | quantum physics lecture",
                "the a of to in | jazz"
            })
    void unrelatedTextsAreFar(String one, String other) {
        assertThat(cosine(one, other)).isLessThan(0.2);
    }

    @Test
    void equalTextsAreOneAndEveryVectorHasLengthOne() {
        for (String text : new String[] {"a", "", "???", "the cat", "日本語 のテキスト", "x ".repeat(5_000)}) {
            assertThat(cosine(text, text)).isBetween(0.999, 1.001);
            assertThat(Embedding.of(text)).hasSize(768);
        }
    }

    private static double cosine(String one, String other) {
        double[] left = Embedding.of(one);
        double[] right = Embedding.of(other);
        double sum = 0;
        for (int i = 0; i < left.length; i++) {
            sum += left[i] * right[i];
        }
        return sum;
    }
}
