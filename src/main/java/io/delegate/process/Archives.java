package io.delegate.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the archive of classes that a child can start from. Where there is none yet, one of the
 * children writes down what it loads; soon after it has run a work, a JVM that runs nothing makes
 * an archive of that, in the background. Whatever goes wrong, children start without.
 */
final class Archives {
  private static final Logger LOG = LoggerFactory.getLogger(Archives.class);

  private final Launcher launcher;
  private final PrivateDirectory directory;

  /** The children that list their classes, and those whose lists are being used. */
  private final Map<ClassArchive, Listing> underWay = new HashMap<>();

  /** A child that lists; once it has run a work, what is made of its list. */
  private record Listing(Path list, @Nullable ArchiveTraining training) {}

  private boolean closed;

  Archives(Launcher launcher, PrivateDirectory directory) {
    this.launcher = launcher;
    this.directory = directory;
  }

  /** For one child. */
  ArchiveUse use(LaunchSpec spec, ClassOrder order, long number) {
    try {
      ClassArchive archive = of(spec, order);
      if (archive == null) {
        return ArchiveUse.NONE;
      }
      Path file = archive.file();
      if (file != null) {
        int version = JavaHome.version(spec.javaHome()).orElse(0);
        return ArchiveUse.of(archive, file, archive.jar(), version);
      }
      Path list = directory.file("classes-" + number + ".lst");
      if (archive.isWanted() && isFirst(archive, list)) {
        return ArchiveUse.listing(
            archive, list, () -> train(archive, list, spec, order), () -> gone(archive, list));
      }
      return ArchiveUse.without(archive);
    } catch (IOException | RuntimeException e) {
      LOG.debug("a child starts without a class archive", e);
      return ArchiveUse.NONE;
    }
  }

  /** Null where there can be none. */
  private @Nullable ClassArchive of(LaunchSpec spec, ClassOrder order) throws IOException {
    Path root = spec.archives();
    return root == null || order.archivable().isEmpty() || !allows(spec, root)
        ? null
        : ClassArchive.of(ArchiveRoot.open(root), spec, order.archivable());
  }

  private boolean allows(LaunchSpec spec, Path root) {
    return spec.addOpens().isEmpty() // which only a jar that is started by itself can say
        && !isDivided(root)
        && !isDivided(directory.path())
        && ArchiveFlags.allow(spec);
  }

  /** On the command line such a name would be two entries of the class path. */
  private static boolean isDivided(Path path) {
    return path.toString().contains(File.pathSeparator);
  }

  private synchronized boolean isFirst(ClassArchive archive, Path list) {
    return !closed && underWay.putIfAbsent(archive, new Listing(list, null)) == null;
  }

  /** The child that lists has run its first work. */
  private synchronized void train(
      ClassArchive archive, Path list, LaunchSpec spec, ClassOrder order) {
    if (!closed && new Listing(list, null).equals(underWay.get(archive))) {
      ArchiveTraining training =
          new ArchiveTraining(
              launcher,
              archive,
              () -> isStill(archive, spec, order),
              spec,
              list,
              ended -> over(ended, list));
      underWay.put(archive, new Listing(list, training));
      training.start();
    }
  }

  /** Whether the jars are the same as they were. */
  private boolean isStill(ClassArchive archive, LaunchSpec spec, ClassOrder order)
      throws IOException {
    return archive.equals(of(spec, order));
  }

  private synchronized void over(ArchiveTraining training, Path list) {
    underWay.remove(training.archive(), new Listing(list, training));
  }

  /** The child that lists has ended: another may, unless an archive is being made of its list. */
  private synchronized void gone(ClassArchive archive, Path list) {
    if (underWay.remove(archive, new Listing(list, null))) {
      boolean unused = list.toFile().delete();
    }
  }

  /** The archive for such children, now, if one of them has run a work. True if there is one. */
  CompletableFuture<Boolean> make(LaunchSpec spec, ClassOrder order) throws IOException {
    ClassArchive archive = of(spec, order);
    if (archive == null) {
      return CompletableFuture.completedFuture(false);
    }
    Listing listing;
    synchronized (this) {
      listing = underWay.get(archive);
    }
    return listing != null && listing.training() != null
        ? listing.training().now()
        : CompletableFuture.completedFuture(archive.file() != null);
  }

  /** Ends what is under way; blocks until it is gone. */
  void close() {
    List<ArchiveTraining> trainings = new ArrayList<>();
    synchronized (this) {
      closed = true;
      for (Listing listing : underWay.values()) {
        if (listing.training() != null) {
          trainings.add(listing.training());
        }
      }
    }
    trainings.forEach(ArchiveTraining::end);
  }
}
