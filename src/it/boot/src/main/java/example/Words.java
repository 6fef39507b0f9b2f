package example;

import java.nio.file.Files;
import java.nio.file.Path;

/** Stands for a library that cannot be trusted to behave. */
final class Words {
  private Words() {}

  static int count(String text) {
    if (text.equals("crash")) {
      Runtime.getRuntime().halt(3);
    }
    return text.strip().split("\\s+").length;
  }

  /** Says that it runs, and ends when it is told to. */
  static String await(String dir) throws Exception {
    Files.createFile(Path.of(dir, "begun"));
    while (!Files.exists(Path.of(dir, "go"))) {
      Thread.sleep(5);
    }
    return "it has ended";
  }
}
