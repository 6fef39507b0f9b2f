/**
 * For the tests of programs that use Delegate: a scheduler without processes, whose children crash,
 * hang and start slowly as a {@link io.delegate.test.Script} says, and JUnit extensions. It may
 * import the vocabulary, the front and the engine of {@code io.delegate}, Reactor and JUnit.
 *
 * <p>The extensions need {@code org.junit.jupiter:junit-jupiter-api}, 5.10 or later or 6, which
 * Delegate does not bring along; nothing else here does.
 */
@NullMarked
package io.delegate.test;

import org.jspecify.annotations.NullMarked;
