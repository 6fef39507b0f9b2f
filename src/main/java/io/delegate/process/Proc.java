package io.delegate.process;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Linux' view of all processes. Any of them may vanish at any time, and those of other users cannot
 * be read: both look as if they were not there.
 */
final class Proc {
  static final Proc SYSTEM = new Proc(Path.of("/proc"));

  private final Path root;
  private final boolean available;

  Proc(Path root) {
    this.root = root;
    this.available = Files.isReadable(root.resolve("self/environ"));
  }

  /** Whether there is such a view at all; without one, descent is all that is known. */
  boolean available() {
    return available;
  }

  Path file(String name) {
    return root.resolve(name);
  }

  /** The processes that bear the cookie. A zombie has no environment, so is never among them. */
  List<Long> bearing(Cookie cookie) {
    String[] names = available ? root.toFile().list() : null;
    if (names == null) {
      return List.of();
    }
    List<Long> found = new ArrayList<>();
    Buffer buffer = new Buffer();
    for (String name : names) {
      if (Character.isDigit(name.charAt(0))
          && buffer.read(root + "/" + name + "/environ")
          && cookie.isIn(buffer.bytes, buffer.length)) {
        found.add(Long.valueOf(name));
      }
    }
    return found;
  }

  boolean bears(long pid, Cookie cookie) {
    Buffer buffer = new Buffer();
    return buffer.read(root + "/" + pid + "/environ") && cookie.isIn(buffer.bytes, buffer.length);
  }

  /** Whether nothing is left of it but a line in the process table. */
  boolean isZombie(long pid) {
    return statField(pid, 3).filter(state -> state.equals("Z") || state.equals("X")).isPresent();
  }

  /** When it began, in clock ticks since the machine did: no change of the wall clock moves it. */
  Optional<String> startOf(long pid) {
    return statField(pid, 22);
  }

  private Optional<String> statField(long pid, int number) {
    Buffer buffer = new Buffer();
    if (!available || !buffer.read(root + "/" + pid + "/stat")) {
      return Optional.empty();
    }
    String stat = new String(buffer.bytes, 0, buffer.length, StandardCharsets.ISO_8859_1);
    // the second field is the program's name in brackets, and may hold blanks and brackets itself
    String[] afterName = stat.substring(stat.lastIndexOf(')') + 1).trim().split(" ", -1);
    return number - 3 < afterName.length ? Optional.of(afterName[number - 3]) : Optional.empty();
  }

  /** One for a whole pass: a few hundred files are read in it. */
  private static final class Buffer {
    private byte[] bytes = new byte[16 * 1024];
    private int length;

    boolean read(String file) {
      length = 0;
      try (FileInputStream in = new FileInputStream(file)) {
        int n;
        while ((n = in.read(bytes, length, bytes.length - length)) > 0) {
          length += n;
          if (length == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * length);
          }
        }
        return length > 0;
      } catch (IOException goneOrNotOurs) {
        return false;
      }
    }
  }
}
