/** Tests of the HTTP server of the simulated LM Studio. */
@NullMarked
package dev.lmbridge.sim.http;

import org.jspecify.annotations.NullMarked;
