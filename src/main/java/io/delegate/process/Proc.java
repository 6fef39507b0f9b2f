package io.delegate.process;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Linux' view of all processes. Any of them may vanish at any time, and those of other users cannot
 * be read: both look as if they were not there.
 */
final class Proc {
  /** The system property that keeps children out of control groups of their own: {@code off}. */
  static final String GROUPS = "io.delegate.cgroups";

  static final Proc SYSTEM =
      new Proc(Path.of("/proc"), !"off".equalsIgnoreCase(System.getProperty(GROUPS)));

  // fields of a process' stat, counted from the one after its name
  private static final int STATE = 0;
  private static final int PARENT = 1;
  private static final int SESSION = 3;
  private static final int START = 19;

  private final Path root;
  private final boolean available;
  private final boolean groups;

  Proc(Path root) {
    this(root, true);
  }

  private Proc(Path root, boolean groups) {
    this.root = root;
    this.available = Files.isReadable(root.resolve("self/environ"));
    this.groups = groups;
  }

  /** The same, but as if this JVM could make no control groups. */
  Proc withoutGroups() {
    return new Proc(root, false);
  }

  boolean allowsGroups() {
    return groups && available;
  }

  /** What the process table tells of one. */
  record Stat(long pid, long parent, long session, String start) {}

  /** All processes, as they are while the list is made. */
  Map<Long, Stat> all() {
    String[] names = available ? root.toFile().list() : null;
    Map<Long, Stat> all = new HashMap<>();
    if (names != null) {
      Buffer buffer = new Buffer();
      for (String name : names) {
        if (Character.isDigit(name.charAt(0)) && buffer.read(root + "/" + name + "/stat")) {
          String[] fields = buffer.statFields();
          long pid = Long.parseLong(name);
          if (fields.length > START) {
            long parent = Long.parseLong(fields[PARENT]);
            all.put(pid, new Stat(pid, parent, Long.parseLong(fields[SESSION]), fields[START]));
          }
        }
      }
    }
    return all;
  }

  /** The children of a process with one thread. */
  List<Long> childrenOf(long pid) {
    Buffer buffer = new Buffer();
    if (!buffer.read(root + "/" + pid + "/task/" + pid + "/children")) {
      return List.of();
    }
    String[] pids =
        new String(buffer.bytes, 0, buffer.length, StandardCharsets.US_ASCII).split(" ");
    return Stream.of(pids).filter(text -> !text.isBlank()).map(Long::valueOf).toList();
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
    return having("/environ", cookie::isIn);
  }

  /** The processes in a control group of that name, or below one. */
  List<Long> inGroup(String name) {
    String part = '/' + name;
    return having(
        "/cgroup",
        (bytes, length) ->
            new String(bytes, 0, length, StandardCharsets.ISO_8859_1)
                .lines()
                .anyMatch(line -> line.endsWith(part) || line.contains(part + '/')));
  }

  private interface Content {
    boolean isRight(byte[] bytes, int length);
  }

  private List<Long> having(String file, Content content) {
    String[] names = available ? root.toFile().list() : null;
    if (names == null) {
      return List.of();
    }
    List<Long> found = new ArrayList<>();
    Buffer buffer = new Buffer();
    for (String name : names) {
      if (Character.isDigit(name.charAt(0))
          && buffer.read(root + "/" + name + file)
          && content.isRight(buffer.bytes, buffer.length)) {
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
    return statField(pid, STATE)
        .filter(state -> state.equals("Z") || state.equals("X"))
        .isPresent();
  }

  /** When it began, in clock ticks since the machine did: no change of the wall clock moves it. */
  Optional<String> startOf(long pid) {
    return statField(pid, START);
  }

  private Optional<String> statField(long pid, int number) {
    Buffer buffer = new Buffer();
    if (!available || !buffer.read(root + "/" + pid + "/stat")) {
      return Optional.empty();
    }
    String[] fields = buffer.statFields();
    return number < fields.length ? Optional.of(fields[number]) : Optional.empty();
  }

  /** One for a whole pass: a few hundred files are read in it. */
  private static final class Buffer {
    private byte[] bytes = new byte[16 * 1024];
    private int length;

    /** The second field is the program's name in brackets, and may hold blanks and brackets. */
    String[] statFields() {
      String stat = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
      return stat.substring(stat.lastIndexOf(')') + 1).trim().split(" ", -1);
    }

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
