/** What the simulated models answer: fixed rules, the same answer to the same question. */
@NullMarked
package dev.lmbridge.sim.chat;

import org.jspecify.annotations.NullMarked;
