/** What has happened to requests and models, remembered for those who ask why. */
@NullMarked
package dev.lmbridge.explain;

import org.jspecify.annotations.NullMarked;
