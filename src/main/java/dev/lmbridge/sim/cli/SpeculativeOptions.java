package dev.lmbridge.sim.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The options of {@code lms load} for speculative decoding, since June 2026. The simulated engine does not draft: they are checked, as
 * {@code loadSpeculativeDecoding.ts} of lms 0.3.43 does it, and have no further effect.
 */
final class SpeculativeOptions {
    private static final String PREFIX = "speculative-draft-";
    private static final String MTP = PREFIX + "mtp";
    private static final String NO_MTP = "no-" + MTP;
    private static final String SIMPLE = PREFIX + "simple";
    private static final String MODEL = PREFIX + "model";
    private static final String MAX_TOKENS = PREFIX + "max-tokens";
    private static final String MIN_TOKENS = PREFIX + "min-tokens";
    private static final String MIN_PROBABILITY = PREFIX + "min-continue-probability";

    static final List<Option> OPTIONS = List.of(
            Option.flag("--" + MTP),
            Option.flag("--" + NO_MTP),
            Option.flag("--" + SIMPLE),
            Option.text("--" + MODEL + " <model>"),
            Option.integer("--" + MAX_TOKENS + " <count>", 1),
            Option.integer("--" + MIN_TOKENS + " <count>", 0),
            Option.fraction("--" + MIN_PROBABILITY + " <probability>"));

    private SpeculativeOptions() {}

    /** Whether they ask for anything that an embedding model cannot have. */
    static boolean any(Arguments arguments) {
        return arguments.has(MTP) || arguments.has(NO_MTP) || arguments.has(SIMPLE);
    }

    /** What is wrong with their combination, or null. */
    static @Nullable String problem(Arguments arguments) {
        boolean mtp = arguments.lastOf(MTP, NO_MTP).equals(MTP);
        boolean simple = arguments.has(SIMPLE);
        boolean model = arguments.has(MODEL);
        if (mtp && simple) {
            return "--speculative-draft-mtp and --speculative-draft-simple cannot both be used.";
        }
        if (arguments.text(MODEL).filter(String::isEmpty).isPresent()) {
            return "--speculative-draft-model must not be empty.";
        }
        if (mtp && model) {
            return "--speculative-draft-mtp cannot be combined with --speculative-draft-model.";
        }
        if (!simple && model) {
            return "--speculative-draft-model requires --speculative-draft-simple.";
        }
        if (simple && !model) {
            return "--speculative-draft-simple requires --speculative-draft-model.";
        }
        boolean tuned = arguments.has(MAX_TOKENS) || arguments.has(MIN_TOKENS) || arguments.has(MIN_PROBABILITY);
        if (!mtp && !simple && tuned) {
            return "--speculative draft tuning flags require --speculative-draft-simple or --speculative-draft-mtp.";
        }
        int most = arguments.integer(MAX_TOKENS).orElse(Integer.MAX_VALUE);
        return arguments.integer(MIN_TOKENS).orElse(0) > most
                ? "--speculative-draft-min-tokens must be less than or equal to --speculative-draft-max-tokens."
                : null;
    }
}
