/** Models and instances as the rows that LM Studio gives to {@code lms}, for the faces that speak of them. */
@NullMarked
package dev.lmbridge.sim.rows;

import org.jspecify.annotations.NullMarked;
