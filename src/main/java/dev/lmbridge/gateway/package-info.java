/** Requests for answers: scanned, given an instance, forwarded, streamed back. */
@NullMarked
package dev.lmbridge.gateway;

import org.jspecify.annotations.NullMarked;
