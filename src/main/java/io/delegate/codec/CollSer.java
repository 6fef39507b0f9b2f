package io.delegate.codec;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stands in a filtered stream for the JDK's class of this name, by which immutable collections
 * write themselves: the JDK would build them, and ask their elements for their hashes, before we
 * have seen these. Java serialization compares no more than the simple name and the version.
 */
final class CollSer implements Serializable {
  private static final long serialVersionUID = 6309168927139932177L;

  private static final int LIST = 1;
  private static final int SET = 2;
  private static final int MAP = 3;
  private static final int LIST_WITH_NULLS = 4;

  private final int tag;
  private transient Object @Nullable [] content;

  CollSer(int tag) {
    this.tag = tag;
  }

  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    int size = in.readInt();
    List<Object> elements = new ArrayList<>(); // grows: the size may be forged
    for (int i = 0; i < size; i++) {
      elements.add(in.readObject());
    }
    content = elements.toArray();
  }

  BuiltForm form() throws DamagedException {
    Kind kind =
        switch (tag & 0xff) {
          case LIST, LIST_WITH_NULLS -> Kind.IMMUTABLE_LIST;
          case SET -> Kind.IMMUTABLE_SET;
          case MAP -> Kind.IMMUTABLE_MAP;
          default -> throw new DamagedException("an immutable collection of kind " + tag);
        };
    return new BuiltForm(kind, content);
  }
}
