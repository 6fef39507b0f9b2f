/**
 * A scheduler as a bean of Spring Boot, 3.5 and 4: made by the properties {@code delegate.*},
 * measured, watched by the health endpoint, and ended with the context. It may import the
 * vocabulary and the front of {@code io.delegate}, {@code io.delegate.report}, {@code
 * io.delegate.web}, Spring, Micrometer, Reactor and SLF4J; all but the last two are optional.
 */
@NullMarked
package io.delegate.spring;

import org.jspecify.annotations.NullMarked;
