/**
 * Works behind HTTP, on Reactor Netty: items of a request in, their outcomes in the response; and a
 * page to watch a scheduler in the browser. It may import the vocabulary and the front of {@code
 * io.delegate}, Reactor, Reactor Netty, Netty's buffers and HTTP types, Jackson and SLF4J.
 *
 * <p>It needs {@code io.projectreactor.netty:reactor-netty-http}, which Delegate does not bring
 * along; for {@link io.delegate.web.ItemReader#json} and {@link io.delegate.web.ResultWriter#json}
 * also {@code com.fasterxml.jackson.core:jackson-databind}.
 */
@NullMarked
package io.delegate.web;

import org.jspecify.annotations.NullMarked;
