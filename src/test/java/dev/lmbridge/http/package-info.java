/** Tests of the edge. */
@NullMarked
package dev.lmbridge.http;

import org.jspecify.annotations.NullMarked;
