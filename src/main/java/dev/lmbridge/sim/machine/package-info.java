/** The simulated machine: catalogue, memory, loaded instances, idle clocks and work; plain Java on an injected clock. */
@NullMarked
package dev.lmbridge.sim.machine;

import org.jspecify.annotations.NullMarked;
