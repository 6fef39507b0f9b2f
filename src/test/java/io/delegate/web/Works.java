package io.delegate.web;

import io.delegate.Work;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/** What runs in the children of these tests. */
final class Works {
  private Works() {}

  /** Upper case; but it fails, crashes and hangs when asked to. */
  static String mixed(String item) throws Exception {
    switch (item) {
      case "fail" -> throw new IllegalStateException("no luck with \"fail\"");
      case "crash" -> Runtime.getRuntime().halt(7);
      case "hang" -> Thread.sleep(1_000_000);
      case "slow" -> Thread.sleep(1_500);
      default -> {}
    }
    return item.toUpperCase(Locale.ROOT);
  }

  /** As {@link #mixed}, and says which process runs the item in a file of its name. */
  static Work<String, String> tellingIn(Path directory) {
    String name = directory.toString();
    return item -> {
      say(Path.of(name), item, Long.toString(ProcessHandle.current().pid()));
      return mixed(item.startsWith("hang") ? "hang" : item);
    };
  }

  private static void say(Path directory, String name, String text) throws IOException {
    Path draft = Files.createTempFile(directory, "draft", "");
    Files.writeString(draft, text);
    Files.move(draft, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  /** So many letters. */
  static String long10k(String item) {
    return item + "x".repeat(10_000);
  }
}
