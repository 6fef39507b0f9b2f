/**
 * Starting a child, how it died, and its whole tree of processes; may import the JDK, SLF4J and the
 * vocabulary of {@code io.delegate}, and nothing else.
 */
@NullMarked
package io.delegate.process;

import org.jspecify.annotations.NullMarked;
