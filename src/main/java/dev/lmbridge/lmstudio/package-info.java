/** LM Studio over HTTP: what a host has on disk and in memory. */
@NullMarked
package dev.lmbridge.lmstudio;

import org.jspecify.annotations.NullMarked;
