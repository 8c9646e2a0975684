/** The words of the domain: model keys, what a host has on disk and what it has loaded. Uses java.* and text distances only. */
@NullMarked
package dev.lmbridge.catalog;

import org.jspecify.annotations.NullMarked;
