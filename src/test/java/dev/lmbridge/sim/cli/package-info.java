/** Tests of the simulated LM Studio. */
@NullMarked
package dev.lmbridge.sim.cli;

import org.jspecify.annotations.NullMarked;
