/** Tests of the simulated LM Studio. */
@NullMarked
package dev.lmbridge.sim;

import org.jspecify.annotations.NullMarked;
