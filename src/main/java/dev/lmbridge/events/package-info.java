/** What happens on this node, numbered and kept for a while, so that others can follow it. */
@NullMarked
package dev.lmbridge.events;

import org.jspecify.annotations.NullMarked;
