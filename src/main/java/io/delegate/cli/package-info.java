/**
 * The command line: runs a public static method over items in child processes and prints one line
 * of JSON per outcome; it may import the vocabulary and the front of {@code io.delegate}, the
 * reporters, picocli, jackson-core and Reactor.
 */
@NullMarked
package io.delegate.cli;

import org.jspecify.annotations.NullMarked;
