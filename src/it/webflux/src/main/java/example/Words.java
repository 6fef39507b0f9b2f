package example;

import java.nio.file.Files;
import java.nio.file.Path;

/** Stands for a library that cannot be trusted to behave. */
final class Words {
  private Words() {}

  static int count(String text) throws Exception {
    if (text.equals("crash")) {
      Runtime.getRuntime().halt(3);
    }
    if (text.startsWith("hang:")) { // and says in that file who hangs
      Files.writeString(Path.of(text.substring(5)), "" + ProcessHandle.current().pid());
      while (true) {
        Thread.onSpinWait();
      }
    }
    if (text.isBlank()) {
      throw new IllegalArgumentException("nothing to count");
    }
    return text.strip().split("\\s+").length;
  }
}
