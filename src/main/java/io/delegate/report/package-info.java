/**
 * Ready-made reporters; this room imports the vocabulary of {@code io.delegate}, the JDK and SLF4J,
 * and no other room.
 */
@NullMarked
package io.delegate.report;

import org.jspecify.annotations.NullMarked;
