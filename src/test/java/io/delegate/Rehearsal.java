package io.delegate;

import io.delegate.codec.FstCodec;
import io.delegate.codec.JdkCodec;
import io.delegate.conformance.Cargo;
import java.io.IOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * What one child runs before the archive is made: whatever works and codecs come later, their
 * classes are in it. By itself, since those of JUnit are not there in most children.
 */
final class Rehearsal {
  /** The one that takes long first: an archive is made some time after the first result. */
  static final List<Work<Integer, Object>> WORKS =
      List.of(Rehearsal::rehearse, i -> i, i -> List.of(i, "a"));

  static final Work<Cargo.Point, Cargo.Point> ECHO = point -> point;

  static final Work<Integer, Integer> FAIL =
      i -> {
        throw new IOException("rehearsed " + i);
      };

  private Rehearsal() {}

  /** In the child: what it loads here is in the archive, whatever works and codecs come later. */
  private static int rehearse(int i) throws IOException, ClassNotFoundException {
    ClassLoader loader = Rehearsal.class.getClassLoader();
    for (Codec codec : List.of(new JdkCodec(), new FstCodec())) {
      for (Object value :
          List.of(
              new Cargo.Point(1, 2),
              new ArrayList<>(List.of(i, "a")),
              new LinkedHashMap<>(Map.of("a", i)),
              new IllegalStateException("rehearsed", new IOException()))) {
        byte[] bytes = codec.encode(value);
        codec.decode(bytes, 0, bytes.length, loader);
      }
    }
    System.out.println(i);
    System.err.println(i);
    load(loader);
    return i;
  }

  /** The tests' own classes, which hold the works. Some need what no child needs. */
  private static void load(ClassLoader loader) throws IOException {
    URL own = Rehearsal.class.getProtectionDomain().getCodeSource().getLocation();
    if (own.getPath().endsWith(".jar")) {
      try (ZipFile jar = new ZipFile(own.getPath())) {
        for (ZipEntry entry : Collections.list(jar.entries())) {
          String file = entry.getName();
          if (file.endsWith(".class") && !file.contains("-")) {
            try {
              Class.forName(file.substring(0, file.length() - 6).replace('/', '.'), false, loader);
            } catch (ClassNotFoundException | LinkageError e) {
              // not in the archive, then
            }
          }
        }
      }
    }
  }
}
