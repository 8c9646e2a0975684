/** The edge for people and programs: routes, checks of requests, and failures in each dialect. */
@NullMarked
package dev.lmbridge.http;

import org.jspecify.annotations.NullMarked;
