/** Faults that a person or a test switches on, and the book that hands them out. */
@NullMarked
package dev.lmbridge.sim.faults;

import org.jspecify.annotations.NullMarked;
