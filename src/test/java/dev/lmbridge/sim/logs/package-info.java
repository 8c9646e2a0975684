/** Tests of the log. */
@NullMarked
package dev.lmbridge.sim.logs;

import org.jspecify.annotations.NullMarked;
