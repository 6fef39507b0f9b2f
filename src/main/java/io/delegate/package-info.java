/**
 * The front and the vocabulary: everything users import.
 *
 * <p>The vocabulary ({@link io.delegate.Work}, {@link io.delegate.Task}, {@link
 * io.delegate.Outcome}, {@link io.delegate.RemoteError}, {@link io.delegate.Death}, {@link
 * io.delegate.Event}, {@link io.delegate.Reporter}, {@link io.delegate.Codec}) holds no logic,
 * loads in a child without Reactor, and every room may use it. The front ({@link
 * io.delegate.Delegate}, {@link io.delegate.ProcessScheduler}, {@code Parallelizer}) may use {@code
 * io.delegate.engine}, and no room below may use the front.
 */
@NullMarked
package io.delegate;

import org.jspecify.annotations.NullMarked;
