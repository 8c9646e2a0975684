/** One loader per host: carries out what the host's core decides, and answers whoever asks for a model. */
@NullMarked
package dev.lmbridge.loader;

import org.jspecify.annotations.NullMarked;
