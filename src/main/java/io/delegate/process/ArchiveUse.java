package io.delegate.process;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one child has to do with an archive: it starts from it, is to help make it, or neither. */
class ArchiveUse {
  /**
   * The exit statuses in which no archive has a part: the initializer threw, or somebody sent
   * SIGHUP, SIGINT, SIGKILL or SIGTERM.
   */
  private static final List<Integer> INNOCENT = List.of(70, 129, 130, 137, 143);

  static final ArchiveUse NONE = new ArchiveUse(List.of(), null);

  private final List<String> flags;
  private final @Nullable Path jar;

  private ArchiveUse(List<String> flags, @Nullable Path jar) {
    this.flags = flags;
    this.jar = jar;
  }

  /** It starts from it. */
  static ArchiveUse of(ClassArchive archive, Path file, Path jar, int version) {
    return new Starting(archive, file, jar, version);
  }

  /** It starts without it. */
  static ArchiveUse without(ClassArchive archive) {
    return new Without(archive, List.of());
  }

  /** The same, and it writes down what it loads. */
  static ArchiveUse listing(ClassArchive archive, Path list, Runnable served, Runnable gone) {
    return new Listing(archive, list, served, gone);
  }

  List<String> flags() {
    return flags;
  }

  /** The jar that belongs to the archive it starts from; null for none. */
  @Nullable Path jar() {
    return jar;
  }

  /** It is up. */
  void ready() {}

  /** It has run a work: so it has loaded what it needs for that. */
  void served() {}

  /** It ended, killed by us or not; or could not be started at all. */
  void ended(int code, boolean byUs) {}

  private static final class Starting extends ArchiveUse {
    private final ClassArchive archive;
    private volatile boolean up;

    Starting(ClassArchive archive, Path file, Path jar, int version) {
      super(ArchiveFlags.use(file, version), jar);
      this.archive = archive;
    }

    @Override
    void ready() {
      up = true;
      archive.started();
    }

    @Override
    void ended(int code, boolean byUs) {
      if (!up && !byUs && !INNOCENT.contains(code)) {
        archive.startFailed();
      }
    }
  }

  private static class Without extends ArchiveUse {
    private final ClassArchive archive;

    Without(ClassArchive archive, List<String> flags) {
      super(flags, null);
      this.archive = archive;
    }

    @Override
    void ready() {
      archive.startedWithout();
    }
  }

  private static final class Listing extends Without {
    private final Runnable told;
    private final Runnable gone;

    Listing(ClassArchive archive, Path list, Runnable served, Runnable gone) {
      super(archive, ArchiveFlags.list(list));
      this.told = served;
      this.gone = gone;
    }

    @Override
    void served() {
      told.run();
    }

    @Override
    void ended(int code, boolean byUs) {
      gone.run();
    }
  }
}
