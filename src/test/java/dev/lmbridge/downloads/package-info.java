/** Tests of the download jobs. */
@NullMarked
package dev.lmbridge.downloads;

import org.jspecify.annotations.NullMarked;
