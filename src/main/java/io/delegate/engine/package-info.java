/**
 * The parent's side: slots and their life, dispatch of demand, the gateway the children connect to.
 * May import {@code io.delegate.process}, {@code io.delegate.wire}, {@code io.delegate.codec}, the
 * vocabulary, Reactor and Reactor Netty.
 */
@NullMarked
package io.delegate.engine;

import org.jspecify.annotations.NullMarked;
