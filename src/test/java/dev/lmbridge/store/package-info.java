/** Tests of what is kept on disk. */
@NullMarked
package dev.lmbridge.store;

import org.jspecify.annotations.NullMarked;
