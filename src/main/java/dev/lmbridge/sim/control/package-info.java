/** The control endpoint: state, calls and faults of the simulation, for people and tests. */
@NullMarked
package dev.lmbridge.sim.control;

import org.jspecify.annotations.NullMarked;
