/** Tests of the driver; {@link Samples} are the shapes that lms prints. */
@NullMarked
package dev.lmbridge.lms;

import org.jspecify.annotations.NullMarked;
