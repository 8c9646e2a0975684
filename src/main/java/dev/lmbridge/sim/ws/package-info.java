/** The private WebSocket API of LM Studio, spoken over the simulated machine, so that the genuine {@code lms} can drive it. */
@NullMarked
package dev.lmbridge.sim.ws;

import org.jspecify.annotations.NullMarked;
