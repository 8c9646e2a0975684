/** Drives LM Studio's command line: one bounded process per call, its output parsed, its failures named. Uses java.* and Jackson only. */
@NullMarked
package dev.lmbridge.lms;

import org.jspecify.annotations.NullMarked;
