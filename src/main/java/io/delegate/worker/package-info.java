/**
 * All that runs in a child: it reads items, runs the work, writes results. May import the JDK, the
 * vocabulary, {@code io.delegate.wire} and {@code io.delegate.codec}; every class it loads costs
 * each child's start.
 */
@NullMarked
package io.delegate.worker;

import org.jspecify.annotations.NullMarked;
