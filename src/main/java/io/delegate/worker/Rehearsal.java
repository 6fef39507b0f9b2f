package io.delegate.worker;

import io.delegate.Codec;
import io.delegate.codec.FstCodec;
import io.delegate.codec.JdkCodec;
import java.io.IOException;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Uses what a child may come to need: each codec, and the report of an error. An archive holds what
 * one child has loaded in its first second, and serves all that are started with its class path;
 * others send other things.
 */
final class Rehearsal {
  /** A class by its name; not what the JDK makes for a lambda. */
  private static final Pattern NAME = Pattern.compile("([^\\s#@]+)( id: \\d+)?");

  private static final int ENOUGH = 1 << 20;

  /** Of the kinds most values are made of. */
  private record Sample(int number, String text, List<Integer> list, double[] values, Size size)
      implements Serializable {}

  private enum Size {
    SMALL
  }

  private interface Step {
    void run() throws Exception;
  }

  private Rehearsal() {}

  static void run() {
    List<Object> values =
        List.of(
            new Sample(1, "a", List.of(1), new double[] {1}, Size.SMALL),
            new ArrayList<>(List.of(1, "a")),
            new LinkedHashMap<>(Map.of("a", 1)));
    for (Object value : values) {
      attempt(() -> roundTrip(JdkCodec.class.getName(), value));
      attempt(() -> roundTrip(FstCodec.class.getName(), value));
    }
    attempt(() -> Errors.encode(new IllegalStateException("a", new IOException()), ENOUGH));
  }

  private static void roundTrip(String codecName, Object value) throws Exception {
    Codec codec = new LateCodec(codecName, Rehearsal.class.getClassLoader());
    byte[] bytes = codec.encode(value);
    codec.decode(bytes, 0, bytes.length, Rehearsal.class.getClassLoader());
  }

  /** What cannot be used here will not be missed: a library may not be there. */
  private static void attempt(Step step) {
    try {
      step.run();
    } catch (Exception | LinkageError e) {
      // nor is there anybody to tell
    }
  }

  /** Adds the classes that this JVM has loaded to a list of others. */
  static void add(Path loaded, Path list) throws IOException {
    Set<String> names = names(loaded);
    names.removeAll(names(list));
    Files.write(list, names, StandardCharsets.UTF_8, StandardOpenOption.APPEND);
  }

  private static Set<String> names(Path list) throws IOException {
    Set<String> names = new LinkedHashSet<>();
    for (String line : Files.readAllLines(list, StandardCharsets.UTF_8)) {
      Matcher name = NAME.matcher(line);
      if (name.matches()) {
        names.add(name.group(1));
      }
    }
    return names;
  }
}
