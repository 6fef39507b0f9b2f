package io.delegate.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A control group of a child's own (Linux, version 2), below that of this JVM: {@code
 * <ours>/<directory>/<n>}. What is born in it stays in it, whatever it does to its parents, its
 * session and its environment, and one write kills all of it at once.
 *
 * <p>A help that may be missing: in most containers and in sessions of root's nothing can be made
 * there. No controller is switched on, so processes may live in ours beside it, and every limit on
 * ours holds for the child as well.
 */
final class ControlGroup {
  private static final Logger LOG = LoggerFactory.getLogger(ControlGroup.class);

  /** The last other child may take the shared directory away between our two steps. */
  private static final int ATTEMPTS = 3;

  /** A quarter of a second in all. */
  private static final int REMOVALS = 9;

  private final Path path;

  ControlGroup(Path path) {
    this.path = path;
  }

  /** With the process in it, and those it has started by now; null where that cannot be. */
  static @Nullable ControlGroup around(Proc proc, String mark, ProcessHandle process) {
    Path own = proc.allowsGroups() ? OwnGroup.own(proc) : null;
    if (own == null) {
      return null;
    }
    ControlGroup made = null;
    try {
      made = make(own.resolve(mark));
      made.add(process.pid());
      made.addBelow(proc, process.pid());
      return made;
    } catch (IOException | RuntimeException e) {
      LOG.debug("child {} has no control group of its own", process.pid(), e);
      if (made != null) {
        made.remove();
      }
      return null;
    }
  }

  private static ControlGroup make(Path path) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        try {
          Files.createDirectory(path.getParent());
        } catch (FileAlreadyExistsException e) {
          // by another child
        }
        return new ControlGroup(Files.createDirectory(path));
      } catch (NoSuchFileException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private void add(long pid) throws IOException {
    Files.writeString(path.resolve("cgroup.procs"), Long.toString(pid));
  }

  /** A launcher may have forked before we came: then its children are moved after it. */
  private void addBelow(Proc proc, long pid) {
    for (long child : proc.childrenOf(pid)) {
      try {
        add(child);
      } catch (IOException e) {
        // it has ended since it was seen; its children are no longer its own
        LOG.debug("{} is not put into {}", child, path, e);
      }
      addBelow(proc, child);
    }
  }

  /**
   * Kills all in it, also what forks meanwhile; in kernels before 5.14 that is left to others. One
   * that is dying is not listed any more, for some time before it is dead: so who was there before
   * counts, too.
   *
   * @return who was in it, to be waited for
   */
  Set<Long> kill() {
    Set<Long> all = new HashSet<>(members());
    Path kill = path.resolve("cgroup.kill");
    try {
      if (Files.exists(kill)) {
        Files.writeString(kill, "1");
      }
    } catch (IOException e) {
      LOG.debug("{} was not killed", path, e);
    }
    all.addAll(members());
    return all;
  }

  /** All in it and in groups below it. */
  List<Long> members() {
    List<Long> pids = new ArrayList<>();
    addMembers(path, pids);
    return pids;
  }

  private static void addMembers(Path group, List<Long> pids) {
    try {
      for (String line :
          Files.readAllLines(group.resolve("cgroup.procs"), StandardCharsets.US_ASCII)) {
        if (!line.equals("0")) { // one that this JVM's pid namespace does not hold
          pids.add(Long.valueOf(line));
        }
      }
      below(group).forEach(child -> addMembers(child, pids));
    } catch (IOException | NumberFormatException e) {
      // removed while we looked
    }
  }

  /** Takes it away, if nobody is in it. The kernel may be some milliseconds behind a death. */
  void remove() {
    ProcessTree.Pause pause = new ProcessTree.Pause();
    for (int attempt = 1; attempt < REMOVALS && !removeTree(path); attempt++) {
      pause.next();
    }
    try {
      Files.deleteIfExists(path.getParent()); // the last of the directory's children does it
    } catch (IOException e) {
      // others are in it
    }
  }

  private static boolean removeTree(Path group) {
    try {
      for (Path child : below(group)) {
        removeTree(child);
      }
      Files.deleteIfExists(group);
      return true;
    } catch (NoSuchFileException e) {
      return true;
    } catch (IOException e) {
      LOG.debug("control group {} is left behind", group, e);
      return false;
    }
  }

  private static List<Path> below(Path group) throws IOException {
    List<Path> groups = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(group, Files::isDirectory)) {
      all.forEach(groups::add);
    }
    return groups;
  }

  /** Those of a private directory, of whoever it was. */
  static List<ControlGroup> of(Proc proc, String directory) {
    Path own = OwnGroup.own(proc);
    try {
      return own == null || !Files.isDirectory(own.resolve(directory))
          ? List.of()
          : below(own.resolve(directory)).stream().map(ControlGroup::new).toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Removes the empty ones that JVMs left which are gone. */
  static void sweep(Proc proc) {
    Path own = OwnGroup.own(proc);
    if (own == null) {
      return;
    }
    try {
      for (Path group : below(own)) {
        String name = group.getFileName().toString();
        if (PrivateDirectory.isName(name)
            && ProcessHandle.of(PrivateDirectory.pidIn(name)).isEmpty()) {
          boolean unused = removeTree(group);
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("control groups below {} were not swept", own, e);
    }
  }
}
