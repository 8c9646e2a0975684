/** JSON documents that follow a JSON schema, with values from a text where they fit. */
@NullMarked
package dev.lmbridge.sim.chat.schema;

import org.jspecify.annotations.NullMarked;
