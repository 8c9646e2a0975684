package dev.lmbridge.settings;

/**
 * What the gateway holds back and what it lets through.
 *
 * @param queueCapacity requests that may wait for an instance
 * @param imageUrls whether a request may name pictures by URL, which the host would fetch
 */
public record GatewaySettings(int queueCapacity, boolean imageUrls) {}
