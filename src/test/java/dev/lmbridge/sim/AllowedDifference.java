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
    };

    /** Fails unless the outcomes differ, and in nothing but this. */
    abstract void check(Outcome real, Outcome ours);
}
