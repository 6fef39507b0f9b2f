package io.delegate;

import java.io.Serializable;
import java.util.concurrent.Callable;

/**
 * A piece of work without an input, to be called in a child.
 *
 * <p>The task itself travels to the child, so it must be serializable with all that it captures.
 *
 * @param <R> what it returns; {@code null} is allowed
 */
@FunctionalInterface
public interface Task<R> extends Callable<R>, Serializable {}
