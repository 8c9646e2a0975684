/** What tests of all packages use: the simulated LM Studio as a process of its own. */
@NullMarked
package dev.lmbridge.testing;

import org.jspecify.annotations.NullMarked;
