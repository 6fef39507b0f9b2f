/**
 * Ready-made reporters; this room imports the vocabulary of {@code io.delegate}, the JDK, SLF4J
 * and, for the terminal alone, JLine, and no other room.
 */
@NullMarked
package io.delegate.report;

import org.jspecify.annotations.NullMarked;
