/** Metrics and logs. Knows no feature: features pass values in. */
@NullMarked
package dev.lmbridge.observe;

import org.jspecify.annotations.NullMarked;
