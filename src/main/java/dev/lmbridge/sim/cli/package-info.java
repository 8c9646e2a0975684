/** The command line face of LM Studio: what {@code lms} prints, where, and with which exit code; without processes. */
@NullMarked
package dev.lmbridge.sim.cli;

import org.jspecify.annotations.NullMarked;
