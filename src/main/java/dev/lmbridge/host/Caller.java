package dev.lmbridge.host;

import java.time.Duration;
import java.time.Instant;

/** Somebody who waits for an operation. */
record Caller(String id, Duration ttl, Instant queueUntil) {}
