package dev.lmbridge.host;

/** What is to stay loaded on a host whether or not it is used: leases and pins. */
public record Holds() {
    static final Holds NONE = new Holds();
}
