/** The little English that the simulated models know: words, stems and which of them mean the same. */
@NullMarked
package dev.lmbridge.sim.chat.words;

import org.jspecify.annotations.NullMarked;
