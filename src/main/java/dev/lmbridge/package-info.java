/** The composition root: the only place that builds verticles. */
@NullMarked
package dev.lmbridge;

import org.jspecify.annotations.NullMarked;
