/** Plans calls of tools from the words of a task and the schemas of the tools, and from nothing else. */
@NullMarked
package dev.lmbridge.sim.chat.tools;

import org.jspecify.annotations.NullMarked;
