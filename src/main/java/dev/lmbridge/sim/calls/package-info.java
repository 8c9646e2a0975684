/** The calls that reach the simulation: the processes of the stand-in {@code lms}, and the log of all calls. */
@NullMarked
package dev.lmbridge.sim.calls;

import org.jspecify.annotations.NullMarked;
