/** Tests of the simulated LM Studio. */
@NullMarked
package dev.lmbridge.sim.machine;

import org.jspecify.annotations.NullMarked;
