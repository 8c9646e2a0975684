/** The simulated LM Studio: imports nothing of the bridge and is imported by nothing of it. */
@NullMarked
package dev.lmbridge.sim;

import org.jspecify.annotations.NullMarked;
