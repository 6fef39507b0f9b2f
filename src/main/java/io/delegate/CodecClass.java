package io.delegate;

import java.lang.reflect.Modifier;

/** Tells whether a codec can be made once more, in each child. */
final class CodecClass {
  private CodecClass() {}

  /** Empty when it can, else what is missing and what would mend it. */
  static String unfit(Codec codec) {
    Class<?> type = codec.getClass();
    try {
      if (Modifier.isPublic(type.getModifiers())
          && Modifier.isPublic(type.getConstructor().getModifiers())) {
        return codec.unusable();
      }
    } catch (NoSuchMethodException none) {
      // as told below
    }
    return "each child makes a codec of its own: give a public class with a public constructor"
        + " without parameters";
  }
}
