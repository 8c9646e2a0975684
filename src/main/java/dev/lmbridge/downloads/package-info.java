/** Downloads of models: a lane of their own beside the loader's, as jobs that one can look at. */
@NullMarked
package dev.lmbridge.downloads;

import org.jspecify.annotations.NullMarked;
