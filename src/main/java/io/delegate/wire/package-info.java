/**
 * What both sides share: the frames on the channel, the form of values in them, and the ledger. May
 * import nothing but the JDK and the vocabulary.
 */
@NullMarked
package io.delegate.wire;

import org.jspecify.annotations.NullMarked;
