package io.delegate.faults;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the children of one scheduler note, past the channel: an item begins, an item is over. One
 * write each, to a file opened for appending, so lines are whole and stand in the order they were
 * written. Not a channel: an interrupt would close it.
 */
final class Journal {
  private static FileOutputStream out;

  private Journal() {}

  /**
   * One line.
   *
   * @param begun the item begins; else it is over, one way or another
   * @param nanos the monotonic clock, which is one for all processes
   */
  record Note(boolean begun, int course, int id, long pid, long nanos) {}

  /** In a child. */
  static void note(File directory, boolean begun, Order order) throws IOException {
    if (out == null) {
      out = new FileOutputStream(file(directory.toPath()), true);
    }
    String line =
        (begun ? "S " : "E ")
            + order.course()
            + ' '
            + order.id()
            + ' '
            + ProcessHandle.current().pid()
            + ' '
            + System.nanoTime()
            + '\n';
    out.write(line.getBytes(StandardCharsets.US_ASCII));
  }

  static File file(Path directory) {
    return directory.resolve("journal").toFile();
  }

  static List<Note> read(Path directory) throws IOException {
    List<Note> notes = new ArrayList<>();
    Path file = file(directory).toPath();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file, StandardCharsets.US_ASCII)) {
        String[] p = line.split(" ");
        notes.add(
            new Note(
                p[0].equals("S"),
                Integer.parseInt(p[1]),
                Integer.parseInt(p[2]),
                Long.parseLong(p[3]),
                Long.parseLong(p[4])));
      }
    }
    return notes;
  }

  /** Where an item has its own notes. */
  static File own(File directory, Order order) {
    return new File(directory, order.course() + "-" + order.id());
  }
}
