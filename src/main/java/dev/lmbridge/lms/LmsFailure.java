package dev.lmbridge.lms;

import org.jspecify.annotations.Nullable;

/**
 * Why a call of {@code lms} failed.
 *
 * @param said the decisive words for a person, plain and at most 2,000 characters; never empty
 * @param requiredBytes what the host says the model needs; only with {@code INSUFFICIENT_MEMORY}, and null where it names no figure
 */
public record LmsFailure(Kind kind, String said, @Nullable Long requiredBytes) {
    /** The kinds that a caller acts on differently. */
    public enum Kind {
        /** There is no such program. */
        NOT_INSTALLED,
        /** The program is there but cannot be executed: permission, format, a folder, a missing interpreter. */
        NOT_EXECUTABLE,
        /** The operating system could not start it for another reason, such as no memory or no descriptors. */
        CANNOT_START,
        /** LM Studio does not answer there, or the connection broke in the middle; a load may still go on. */
        HOST_DOWN,
        /** No model of that key is downloaded there. */
        MODEL_NOT_FOUND,
        /** The host's guardrail, or the engine, found too little memory. Trying again without freeing some is useless. */
        INSUFFICIENT_MEMORY,
        /** Another instance has that identifier. */
        IDENTIFIER_TAKEN,
        /** An instance vanished in the middle of the call. Once more will do. */
        RACED,
        /** This lms is older than an option of the call. */
        UNKNOWN_OPTION,
        /** {@code lms} refused the arguments for another reason. */
        USAGE,
        /** {@code lms} cannot read its key: wrong home, or another user's. */
        KEY_FILE_MISSING,
        /** Anything else that the host or its engine said. */
        ENGINE,
        /** The deadline struck. After a load, the host may be loading still, or even have loaded. */
        TIMED_OUT,
        /** Cancelled, by us or by somebody's interrupt. */
        CANCELLED,
        /** Somebody else killed the process. */
        KILLED,
        /** Exit code 0, but not the list that was asked for. */
        BAD_OUTPUT
    }
}
