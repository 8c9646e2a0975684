package dev.lmbridge.host;

/** What is being watched on a host from one look to the next. */
public record Watch() {
    static final Watch BEGUN = new Watch();
}
