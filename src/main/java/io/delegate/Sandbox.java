package io.delegate;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A ready launcher for children that run code which is not trusted: each in a sandbox of Bubblewrap
 * ({@code bwrap}; Linux only). Immutable, and safe for any thread.
 *
 * <pre>{@code
 * ProcessScheduler.builder().launcher(Sandbox.bwrap().hide(Path.of("/home")))
 * }</pre>
 *
 * <p>In it the child sees all files, but can change none; {@code /tmp}, {@code /var/tmp}, {@code
 * /run} and {@code /dev/shm} are empty and its own, and go with it; there is no network, not even
 * that of this machine; of processes it sees and reaches only those it started. Its channel, its
 * ledger and its evidence of crashes work as ever, and so do limits, cancel and thread dumps.
 * {@link Outcome#pid()} is that of {@code bwrap}. {@code maxMemoryPerChild} measures {@code bwrap},
 * too, and so has no effect; use {@code heap} or a cgroup.
 *
 * <p>What its results may do in the parent is for {@link Trust} to say, not for the sandbox. The
 * child can still read every file that is not hidden, and use processor and memory as it likes.
 *
 * <p>Do not add {@code --die-with-parent}: to the kernel the parent is the thread that started it,
 * which does not last. A child ends with its parent all the same, and all in the sandbox with it.
 */
public final class Sandbox implements UnaryOperator<List<String>> {
  private static final Pattern DIRECTORY = Pattern.compile("unix:(/.*)/[^/]+");
  private static final String SCRATCH = "-Djava.io.tmpdir=";

  private final List<String> options;
  private final boolean network;

  private Sandbox(List<String> options, boolean network) {
    this.options = List.copyOf(options);
    this.network = network;
  }

  /**
   * As described above. {@code bwrap} must be on the path, and its user allowed to make namespaces.
   *
   * @return the launcher
   */
  public static Sandbox bwrap() {
    return new Sandbox(List.of(), false);
  }

  /**
   * Lets the child read what would be hidden otherwise, such as files below {@code /tmp}.
   *
   * @param path a file or a directory, seen in the same place
   * @return a launcher that does so
   */
  public Sandbox readable(Path path) {
    return with("--ro-bind", absolute(path), absolute(path));
  }

  /**
   * Lets the child change something.
   *
   * @param path a file or a directory, seen in the same place
   * @return a launcher that does so
   */
  public Sandbox writable(Path path) {
    return with("--bind", absolute(path), absolute(path));
  }

  /**
   * Hides a directory: for the child it is empty, but for the JDK and the class path it was started
   * with, where they are below it, and what is made readable or writable afterwards.
   *
   * @param directory such as {@code /home}
   * @return a launcher that does so
   */
  public Sandbox hide(Path directory) {
    return with("--tmpfs", absolute(directory));
  }

  /**
   * Lets the child use the network, that of this machine included.
   *
   * @return a launcher that does so
   */
  public Sandbox network() {
    return new Sandbox(options, true);
  }

  private Sandbox with(String... more) {
    List<String> all = new ArrayList<>(options);
    all.addAll(List.of(more));
    return new Sandbox(all, network);
  }

  private static String absolute(Path path) {
    return path.toAbsolutePath().normalize().toString();
  }

  /**
   * Puts the child into the sandbox; called by Delegate at each start.
   *
   * @param command the child's
   * @return the command to run
   * @throws IllegalArgumentException when the child connects by TCP, which a sandbox without a
   *     network rules out
   * @throws UncheckedIOException when a file of the child's cannot be made
   */
  @Override
  public List<String> apply(List<String> command) {
    List<String> all = new ArrayList<>(List.of("bwrap", "--unshare-all"));
    if (network) {
      all.add("--share-net");
    }
    all.addAll(List.of("--cap-drop", "ALL", "--new-session"));
    all.addAll(List.of("--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"));
    all.addAll(List.of("--tmpfs", "/tmp", "--tmpfs", "/var/tmp", "--tmpfs", "/run"));
    // what lies above a hidden directory must not be put over it again
    bindCode(command, all, hidden(all));
    all.addAll(options);
    bindCode(command, all, hidden(options));
    bindOwn(command, all);
    all.add("--");
    all.addAll(command);
    return all;
  }

  private static List<Path> hidden(List<String> words) {
    List<Path> hidden = new ArrayList<>();
    for (int i = 0; i < words.size() - 1; i++) {
      if (words.get(i).equals("--tmpfs")) {
        hidden.add(Path.of(words.get(i + 1)));
      }
    }
    return hidden;
  }

  /** What the child is made of must be seen, wherever it is. */
  private static void bindCode(List<String> command, List<String> all, List<Path> hidden) {
    Set<Path> code = new LinkedHashSet<>(classPath(command));
    Path bin = Path.of(command.get(0)).getParent();
    if (bin != null && bin.getParent() != null) {
      code.add(bin.getParent());
    }
    for (Path path : code) {
      if (hidden.stream().anyMatch(path::startsWith)) {
        all.addAll(List.of("--ro-bind-try", path.toString(), path.toString()));
      }
    }
  }

  /** It stands in the jar's manifest, relative to the jar. */
  private static List<Path> classPath(List<String> command) {
    int place = command.indexOf("-cp"); // an executable jar that is read in place
    if (place >= 0 && place + 1 < command.size()) {
      return Stream.of(command.get(place + 1).split(File.pathSeparator)).map(Path::of).toList();
    }
    int flag = command.indexOf("-jar");
    if (flag < 0 || flag + 1 >= command.size()) {
      return List.of();
    }
    Path path = Path.of(command.get(flag + 1));
    try (JarFile jar = new JarFile(path.toFile())) {
      String entries = jar.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      return entries == null
          ? List.of()
          : Stream.of(entries.split(" "))
              .map(entry -> Path.of(path.toUri().resolve(entry)).normalize())
              .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The private directory is the parent's, and that of other children: the child may write to its
   * own files in it and to no others, least of all to the jar that all are started from.
   */
  private static void bindOwn(List<String> command, List<String> all) {
    String directory = directory(command);
    all.addAll(List.of("--ro-bind", directory, directory));
    Pattern own = Pattern.compile(Pattern.quote(directory) + "/[\\w.-]+");
    Set<String> files = new LinkedHashSet<>();
    for (String word : command) {
      Matcher matcher = own.matcher(word);
      boolean shared = word.startsWith("unix:") || word.endsWith(".jar");
      if (word.startsWith(SCRATCH + directory)) { // will be made before this command runs
        String scratch = word.substring(SCRATCH.length());
        all.addAll(List.of("--bind", scratch, scratch, "--chdir", scratch));
      } else if (!shared && matcher.find()) {
        files.add(matcher.group());
      }
    }
    for (String file : files) {
      make(Path.of(file));
      all.addAll(List.of("--bind", file, file));
    }
  }

  private static String directory(List<String> command) {
    for (String word : command) {
      Matcher matcher = DIRECTORY.matcher(word);
      if (matcher.matches()) {
        return matcher.group(1);
      }
    }
    throw new IllegalArgumentException(
        "a sandbox without a network needs a channel by Unix domain socket; this one has none");
  }

  /** What is to be written there can only be bound once it exists. */
  private static void make(Path file) {
    try {
      Files.createFile(file);
    } catch (FileAlreadyExistsException e) {
      // the ledger
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
