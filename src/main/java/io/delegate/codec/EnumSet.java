package io.delegate.codec;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** A name for the class in it, as of {@link CollSer}. */
final class EnumSet {
  private EnumSet() {}

  /**
   * Stands in a filtered stream for the JDK's class of this name, by which a {@link
   * java.util.EnumSet} writes itself: any number of these may share one long array.
   */
  static final class SerializationProxy implements Serializable {
    private static final long serialVersionUID = 362491234563181265L;

    private final @Nullable Class<?> elementType;
    private final Enum<?> @Nullable [] elements;

    SerializationProxy(Class<?> elementType, Enum<?>[] elements) {
      this.elementType = elementType;
      this.elements = elements;
    }

    BuiltForm form() throws DamagedException {
      if (elementType == null || !elementType.isEnum() || elements == null) {
        throw new DamagedException("a set of no enum");
      }
      Object[] content = new Object[1 + elements.length];
      content[0] = elementType;
      System.arraycopy(elements, 0, content, 1, elements.length);
      return new BuiltForm(Kind.ENUM_SET, content);
    }
  }
}
