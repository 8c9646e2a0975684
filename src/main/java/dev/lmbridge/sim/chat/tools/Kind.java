package dev.lmbridge.sim.chat.tools;

/** What a value is, by its looks. */
enum Kind {
    QUOTED,
    PATH,
    URL,
    EMAIL,
    DATE,
    /** A time of the day. */
    TIME,
    NUMBER,
    IDENT,
    WORD,
    /** Several words without quotes. */
    PHRASE,
    /** The whole text of a result. */
    WHOLE,
    /** A sign of punctuation: never a value. */
    MARK
}
