/** What outlives the process: on disk before it is acted on. */
@NullMarked
package dev.lmbridge.store;

import org.jspecify.annotations.NullMarked;
