package io.delegate.codec;

import io.delegate.Codec;
import java.lang.reflect.InvocationTargetException;
import java.util.List;

/** Chooses and makes codecs. */
public final class Codecs {
  private Codecs() {}

  /**
   * The fastest codec that works in this JVM: {@link FstCodec}, else {@link JdkCodec}. Logs
   * nothing; why FST does not work is told by {@link FstCodec#unusable()}.
   *
   * @return a new codec
   */
  public static Codec auto() {
    var fst = new FstCodec();
    return fst.unusable().isEmpty() ? fst : new JdkCodec();
  }

  /**
   * The parent's codec where children are not trusted: of what comes back it decodes allowed
   * classes only, within limits.
   *
   * @param resultTypes allowed beside the JDK's own values and plain collections
   * @return a new codec
   */
  public static Codec filtered(List<Class<?>> resultTypes) {
    return new FilteredCodec(resultTypes);
  }

  /**
   * Whether what comes back is behind a filter: then no class of the child's choice is decoded.
   *
   * @param codec the parent's
   * @return true for one made by {@link #filtered}
   */
  public static boolean isFiltered(Codec codec) {
    return codec instanceof FilteredCodec;
  }

  /**
   * Whether the filter of {@link #filtered} may stand in for a codec: it takes the same values.
   *
   * @param codec what was asked for
   * @return true for FST's and the JDK's
   */
  public static boolean givesWay(Codec codec) {
    return codec instanceof FstCodec || codec instanceof JdkCodec;
  }

  /**
   * Stands for a codec that is not on this class path.
   *
   * @param className its class, for {@link #inChild}
   * @return one that can read and write nothing
   */
  public static Codec named(String className) {
    return new NamedCodec(className);
  }

  /**
   * The class of which a child makes its own codec.
   *
   * @param codec the parent's
   * @return its full name, for {@link #byName}
   */
  public static String inChild(Codec codec) {
    if (codec instanceof NamedCodec named) {
      return named.className();
    }
    return (isFiltered(codec) ? UntrustedCodec.class : codec.getClass()).getName();
  }

  /**
   * Makes the codec of that class by its public constructor without parameters.
   *
   * @param className the full name of a class that implements {@link Codec}
   * @param loader where to look for it
   * @return a new codec
   * @throws IllegalArgumentException when there is no such class, it is no codec, or it cannot be
   *     made
   */
  public static Codec byName(String className, ClassLoader loader) {
    Class<?> type;
    try {
      type = Class.forName(className, true, loader);
    } catch (ClassNotFoundException | LinkageError missing) {
      throw new IllegalArgumentException(
          "codec " + className + " is not to be had on this class path: " + missing, missing);
    }
    if (!Codec.class.isAssignableFrom(type)) {
      throw new IllegalArgumentException(
          className + " does not implement " + Codec.class.getName());
    }
    try {
      return (Codec) type.getConstructor().newInstance();
    } catch (InvocationTargetException thrown) {
      throw new IllegalArgumentException(
          "the constructor of codec " + className + " threw " + thrown.getCause(), thrown);
    } catch (ReflectiveOperationException refused) {
      throw new IllegalArgumentException(
          "codec "
              + className
              + " must be a public class with a public constructor without parameters",
          refused);
    }
  }
}
