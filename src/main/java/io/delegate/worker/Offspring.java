package io.delegate.worker;

import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Kills what this child started when no parent is left to do it: its descendants, and on Linux also
 * those that have left the family but still bear its mark in their environment, or are in its
 * control group, where it has one.
 */
final class Offspring {
  /** The variable by which the parent marked this child and all that it starts. */
  private static final String MARK = "DELEGATE_CHILD";

  private Offspring() {}

  static void kill() {
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    String mark = System.getenv(MARK);
    Path proc = Path.of("/proc");
    if (mark == null || !Files.isDirectory(proc.resolve("self"))) {
      return;
    }
    killGroup(mark.substring(mark.lastIndexOf(':') + 1));
    String entry = '\0' + MARK + '=' + mark + '\0';
    long self = ProcessHandle.current().pid();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path process : processes) {
        long pid = Long.parseLong(process.getFileName().toString());
        if (pid != self && bears(process, entry)) {
          ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
      }
    } catch (IOException | RuntimeException e) {
      // nothing more can be done from here; the next start of a parent sweeps
    }
  }

  /** Where it has a group of its own, this kills all in it, and this child, too. */
  private static void killGroup(String mark) {
    try {
      String group = lineWith("/proc/self/cgroup", "0::/");
      String mount = lineWith("/proc/self/mountinfo", " - cgroup2 ");
      if (group.endsWith('/' + mark) && !mount.isEmpty()) {
        String[] fields = mount.split(" ", 6);
        int root = fields[3].equals("/") ? 0 : fields[3].length();
        String kill = fields[4] + group.substring("0::".length() + root) + "/cgroup.kill";
        try (FileOutputStream out = new FileOutputStream(kill)) {
          out.write('1');
        }
      }
    } catch (IOException | RuntimeException e) {
      // then by the other means
    }
  }

  private static String lineWith(String file, String part) throws IOException {
    try (FileInputStream in = new FileInputStream(file)) {
      String text = '\n' + new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
      int at = text.indexOf(part);
      return at < 0
          ? ""
          : text.substring(text.lastIndexOf('\n', at) + 1, text.indexOf('\n', at + 1));
    }
  }

  private static boolean bears(Path process, String entry) {
    try {
      byte[] environment = Files.readAllBytes(process.resolve("environ"));
      return ('\0' + new String(environment, StandardCharsets.ISO_8859_1) + '\0').contains(entry);
    } catch (IOException e) {
      return false; // gone, or another user's
    }
  }
}
