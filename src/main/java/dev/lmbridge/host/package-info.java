/** The life of one host, as plain Java: an event in, new state and actions out. Imports neither Vert.x nor any adapter. */
@NullMarked
package dev.lmbridge.host;

import org.jspecify.annotations.NullMarked;
