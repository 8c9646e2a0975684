/** The configuration: YAML, environment and flags into typed values, with every problem told at once. */
@NullMarked
package dev.lmbridge.settings;

import org.jspecify.annotations.NullMarked;
