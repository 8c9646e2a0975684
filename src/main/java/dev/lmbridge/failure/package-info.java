/** What can go wrong, as values: one list of codes, each with what it means to a client. */
@NullMarked
package dev.lmbridge.failure;

import org.jspecify.annotations.NullMarked;
