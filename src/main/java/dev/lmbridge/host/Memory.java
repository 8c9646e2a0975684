package dev.lmbridge.host;

/** What is known of the memory that the models of a host need. */
public record Memory() {
    static final Memory UNKNOWN = new Memory();
}
