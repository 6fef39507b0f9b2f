package io.delegate.codec;

import java.io.NotSerializableException;
import java.io.Serializable;
import java.nio.file.FileSystems;
import java.nio.file.Path;

/** What stands for a path of the default file system, which the JDK does not serialize. */
record PathForm(String path) implements Serializable {
  static PathForm of(Path path) throws NotSerializableException {
    if (!takes(path)) {
      throw new NotSerializableException(path.getClass().getName());
    }
    return new PathForm(path.toString());
  }

  static boolean takes(Path path) {
    return path.getFileSystem() == FileSystems.getDefault();
  }

  private Object readResolve() {
    return Path.of(path);
  }
}
