package io.delegate.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A child that does as its arguments say: a word, and mostly one value. */
final class Kid {
  private Kid() {}

  public static void main(String[] args) throws Exception {
    String value = args.length > 1 ? args[1] : "";
    switch (args[0]) {
      case "exit" -> System.exit(Integer.parseInt(value));
      case "halt" -> Runtime.getRuntime().halt(Integer.parseInt(value));
      case "return" -> {}
      case "throw" -> throw new IllegalStateException(value);
      case "oom" -> fillTheHeap();
      case "crash" -> writeToNowhere();
      case "wait" -> {
        System.out.println("waiting");
        awaitEnd();
      }
      case "hang" -> {
        System.out.println("hanging");
        Thread.sleep(Long.MAX_VALUE);
      }
      case "shell" -> {
        new ProcessBuilder("sh", "-c", value).inheritIO().start().waitFor();
        awaitEnd();
      }
      case "shell-exit" -> new ProcessBuilder("sh", "-c", value).inheritIO().start().waitFor();
      case "secret" -> {
        System.out.println(
            new String(System.in.readNBytes(Integer.parseInt(value)), StandardCharsets.US_ASCII));
        awaitEnd();
      }
      case "env" -> System.getenv().forEach((name, v) -> System.out.println(name + "=" + v));
      case "cwd" -> System.out.println(System.getProperty("user.dir"));
      case "load" -> System.out.println(Class.forName(value).getName());
      case "resource" -> System.out.println(resource(value));
      case "opens" ->
          System.out.println(
              Object.class.getModule().isOpen(value, Kid.class.getModule()) ? "open" : "closed");
      case "flood" -> {
        String line = "x".repeat(200);
        for (long i = 0; i < Long.parseLong(value); i++) {
          System.out.println(line);
        }
      }
      case "flood-forever" -> {
        while (true) {
          System.out.println("flood");
        }
      }
      case "stderr" -> {
        for (int i = 1; i <= Integer.parseInt(value); i++) {
          System.err.println("line " + i);
        }
      }
      case "own" -> Owning.run(args);
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  static void awaitEnd() throws IOException {
    System.in.transferTo(java.io.OutputStream.nullOutputStream());
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Kid.class.getClassLoader().getResourceAsStream(name)) {
      return in == null ? "missing" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @SuppressWarnings("ModifiedButNotUsed")
  private static void fillTheHeap() {
    List<long[]> all = new ArrayList<>();
    while (true) {
      all.add(new long[1 << 16]);
    }
  }

  private static void writeToNowhere() throws ReflectiveOperationException {
    Class<?> type = Class.forName("sun.misc.Unsafe");
    var field = type.getDeclaredField("theUnsafe");
    field.setAccessible(true);
    type.getMethod("putLong", long.class, long.class).invoke(field.get(null), 1L, 1L);
  }
}
