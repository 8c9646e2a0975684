package dev.lmbridge.failure;

/** One thing wrong with one field: its name as the client wrote it, and what was expected. */
public record FieldError(String field, String message) {}
