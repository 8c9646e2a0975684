/** What the simulated LM Studio writes to its log, for those who listen. */
@NullMarked
package dev.lmbridge.sim.logs;

import org.jspecify.annotations.NullMarked;
