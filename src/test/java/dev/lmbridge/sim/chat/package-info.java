/** Tests of the simulated LM Studio. */
@NullMarked
package dev.lmbridge.sim.chat;

import org.jspecify.annotations.NullMarked;
