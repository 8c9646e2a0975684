/** What travels between parts and to peers: bus addresses, strict JSON, failures as problem documents. */
@NullMarked
package dev.lmbridge.wire;

import org.jspecify.annotations.NullMarked;
