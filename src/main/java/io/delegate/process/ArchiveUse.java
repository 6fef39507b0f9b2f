package io.delegate.process;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one child has to do with an archive: it starts from it, is to help make it, or neither. */
class ArchiveUse {
  static final ArchiveUse NONE = new ArchiveUse(List.of(), null);

  private final List<String> flags;
  private final @Nullable ClassArchive archive;

  private ArchiveUse(List<String> flags, @Nullable ClassArchive archive) {
    this.flags = flags;
    this.archive = archive;
  }

  /** It starts from it. */
  static ArchiveUse of(ClassArchive archive, Path file, int version) {
    return new Starting(archive, file, version);
  }

  /** It writes down what it loads. */
  static ArchiveUse listing(Path list, Runnable served, Runnable gone) {
    return new Listing(list, served, gone);
  }

  List<String> flags() {
    return flags;
  }

  /** The archive it starts from; null for none. */
  @Nullable ClassArchive archive() {
    return archive;
  }

  /** It is up. */
  void ready() {}

  /** It has run a work: so it has loaded what it needs for that. */
  void served() {}

  /** It ended. */
  void ended(int code) {}

  private static final class Starting extends ArchiveUse {
    /** 128 + SIGILL, SIGABRT, SIGBUS, SIGFPE, SIGSEGV: a JVM that cannot read what it maps. */
    private static final List<Integer> CRASHES = List.of(132, 134, 135, 136, 139);

    private final ClassArchive archive;
    private volatile boolean up;

    Starting(ClassArchive archive, Path file, int version) {
      super(ArchiveFlags.use(file, version), archive);
      this.archive = archive;
    }

    @Override
    void ready() {
      up = true;
      archive.served();
    }

    @Override
    void ended(int code) {
      if (!up && CRASHES.contains(code)) {
        archive.crashed();
      }
    }
  }

  private static final class Listing extends ArchiveUse {
    private final Runnable told;
    private final Runnable gone;

    Listing(Path list, Runnable served, Runnable gone) {
      super(ArchiveFlags.list(list), null);
      this.told = served;
      this.gone = gone;
    }

    @Override
    void served() {
      told.run();
    }

    @Override
    void ended(int code) {
      gone.run();
    }
  }
}
