package dev.lmbridge.settings;

/** Whether nodes find each other and share work. */
public record ClusterSettings(boolean enabled) {}
