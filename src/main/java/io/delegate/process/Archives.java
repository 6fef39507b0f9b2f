package io.delegate.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the archive of classes that a child can start from. Where there is none yet, one of the
 * children writes down what it loads; soon after it has run a work, a JVM that runs nothing makes
 * an archive of that, in the background.
 */
final class Archives {
  private static final Logger LOG = LoggerFactory.getLogger(Archives.class);

  private final Launcher launcher;
  private final PrivateDirectory directory;

  /** The children that list their classes, and those whose lists are being used. */
  private final Map<ClassArchive, Optional<ArchiveTraining>> underWay = new HashMap<>();

  private @Nullable ClassArchive last;
  private boolean closed;

  Archives(Launcher launcher, PrivateDirectory directory) {
    this.launcher = launcher;
    this.directory = directory;
  }

  /** For one child; whatever is wrong, it starts without. */
  ArchiveUse use(LaunchSpec spec, ClassOrder order, long number) {
    Path root = spec.archives();
    if (root == null || order.archivable().isEmpty() || !allows(spec, root)) {
      return ArchiveUse.NONE;
    }
    try {
      ClassArchive archive = ClassArchive.of(root, spec, order.archivable());
      Path file = archive.file();
      last(archive);
      if (file != null) {
        return ArchiveUse.of(archive, file, JavaHome.version(spec.javaHome()).orElse(0));
      }
      if (archive.isWanted() && isFirst(archive)) {
        Path list = directory.file("classes-" + number + ".lst");
        return ArchiveUse.listing(list, () -> train(archive, list, spec), () -> gone(archive));
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("children start without a class archive", e);
    }
    return ArchiveUse.NONE;
  }

  private boolean allows(LaunchSpec spec, Path root) {
    return spec.addOpens().isEmpty() // which only a jar that is started by itself can say
        && !isDivided(root)
        && !isDivided(directory.path())
        && ArchiveFlags.allow(spec.jvmArgs());
  }

  /** On the command line such a name would be two entries of the class path. */
  private static boolean isDivided(Path path) {
    return path.toString().contains(File.pathSeparator);
  }

  private synchronized void last(ClassArchive archive) {
    last = archive;
  }

  private synchronized boolean isThere() {
    return last != null && last.file() != null;
  }

  private synchronized boolean isFirst(ClassArchive archive) {
    return !closed && underWay.putIfAbsent(archive, Optional.empty()) == null;
  }

  /** The child that lists has run its first work. */
  private synchronized void train(ClassArchive archive, Path list, LaunchSpec spec) {
    Optional<ArchiveTraining> known = underWay.get(archive);
    if (!closed && known != null && known.isEmpty()) {
      ArchiveTraining training =
          new ArchiveTraining(
              launcher, archive, spec, list, directory.file(list.getFileName() + "n"));
      underWay.put(archive, Optional.of(training));
      training.start();
    }
  }

  /** The child that lists has ended: another may, unless an archive is being made of its list. */
  private synchronized void gone(ClassArchive archive) {
    underWay.remove(archive, Optional.<ArchiveTraining>empty());
  }

  /** Archives of the lists that there are, now. True if the last child could start from one. */
  CompletableFuture<Boolean> make() {
    CompletableFuture<Boolean> all = CompletableFuture.completedFuture(true);
    for (ArchiveTraining training : trainings()) {
      all = all.thenCombine(training.now(), Boolean::logicalAnd);
    }
    return all.thenApply(unused -> isThere());
  }

  private synchronized Collection<ArchiveTraining> trainings() {
    List<ArchiveTraining> trainings = new ArrayList<>();
    underWay.values().forEach(known -> known.ifPresent(trainings::add));
    return trainings;
  }

  /** Ends what is under way; blocks until it is gone. */
  void close() {
    synchronized (this) {
      closed = true;
    }
    trainings().forEach(ArchiveTraining::end);
  }
}
