/** The process behind the stand-in {@code lms}: small, so that it starts fast; it only carries streams to and from the simulation. */
@NullMarked
package dev.lmbridge.sim.standin;

import org.jspecify.annotations.NullMarked;
