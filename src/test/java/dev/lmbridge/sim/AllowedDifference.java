package dev.lmbridge.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lmbridge.sim.LmsCall.Outcome;

/**
 * All the ways in which the stand-in may answer otherwise than the genuine {@code lms}, each with its reason. One that has gone fails
 * the comparison, and must leave this list.
 */
enum AllowedDifference {
    /** The words are the same; the explanations, a page for each command, are for people and would have to be copied. */
    HELP_WITHOUT_EXPLANATIONS {
        @Override
        void check(Outcome real, Outcome ours) {
            assertThat(ours.code()).isEqualTo(real.code());
            assertThat(ours.err()).isEqualTo(real.err());
            assertThat(ours.out()).isNotEqualTo(real.out());
            assertThat(usage(ours)).isEqualTo(usage(real));
        }

        private static String usage(Outcome outcome) {
            return outcome.out().lines().findFirst().orElse("").replaceAll(" \\[[a-z-]+]$", "");
        }
    },
    /** With a list of downloads the genuine one draws descriptions of models for a person; what a driver sees is that both give up. */
    DOWNLOADS_TO_CHOOSE_FROM {
        @Override
        void check(Outcome real, Outcome ours) {
            assertThat(ours.code()).isEqualTo(real.code());
            assertThat(ours.out()).isEqualTo(real.out());
            assertThat(ours.err()).isNotEqualTo(real.err());
            assertThat(question(ours)).isEqualTo(question(real)).contains("? Select a model to download");
        }

        private static String question(Outcome outcome) {
            String asked = "? Select a model to download";
            String plain = outcome.err().replaceAll("\u001b\\[[0-9;?]*[A-Za-z]", "");
            int end = plain.indexOf(asked);
            return end < 0 ? plain : plain.substring(0, end + asked.length());
        }
    };

    /** Fails unless the outcomes differ, and in nothing but this. */
    abstract void check(Outcome real, Outcome ours);
}
