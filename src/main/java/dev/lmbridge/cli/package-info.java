/** The commands of the program: arguments in, text for people or JSON for programs out, an exit code. */
@NullMarked
package dev.lmbridge.cli;

import org.jspecify.annotations.NullMarked;
