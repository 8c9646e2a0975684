/** Documents by schema, held against another validator. */
@NullMarked
package dev.lmbridge.sim.chat.schema;

import org.jspecify.annotations.NullMarked;
