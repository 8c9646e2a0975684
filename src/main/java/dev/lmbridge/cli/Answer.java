package dev.lmbridge.cli;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What the service said.
 *
 * @param text the body as it came
 * @param json the same, read
 * @param simulated whether a simulated LM Studio stands behind it
 */
record Answer(int status, String text, JsonNode json, boolean simulated) {
    boolean isGood() {
        return status / 100 == 2;
    }
}
