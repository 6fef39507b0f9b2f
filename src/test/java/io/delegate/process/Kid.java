package io.delegate.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
      case "crash" -> Memory.writeToNowhere();
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
      case "touch" -> {
        Memory.free(Memory.touch(256));
        System.out.println("touched and left");
        awaitEnd();
      }
      case "eat" -> {
        awaitEnd();
        for (int i = 0; i < 16; i++) {
          System.out.println("ate " + Memory.touch(64));
        }
        Thread.sleep(Long.MAX_VALUE);
        awaitEnd();
      }
      case "scratch" -> {
        Path file = Files.createTempFile("kid", "");
        Path odd = Files.createDirectories(file.resolveSibling("odd/inner"));
        Files.createFile(odd.resolve("file"));
        Files.setPosixFilePermissions(odd, PosixFilePermissions.fromString("---------"));
        Files.setPosixFilePermissions(
            odd.getParent(), PosixFilePermissions.fromString("r-x------"));
        System.out.println("made in " + Path.of("").toAbsolutePath());
        System.out.println("file " + file);
        System.out.println("TMPDIR " + System.getenv("TMPDIR"));
        awaitEnd();
      }
      case "machine" -> {
        System.out.println("processors " + Runtime.getRuntime().availableProcessors());
        System.out.println("heap " + Runtime.getRuntime().maxMemory());
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
}
