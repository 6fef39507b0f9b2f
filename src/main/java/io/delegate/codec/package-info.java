/**
 * The codecs that turn items and results into bytes; this room imports nothing but {@link
 * io.delegate.Codec}, the JDK, FST, Kryo and Fory.
 */
@NullMarked
package io.delegate.codec;

import org.jspecify.annotations.NullMarked;
