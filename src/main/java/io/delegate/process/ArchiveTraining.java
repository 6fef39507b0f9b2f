package io.delegate.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one archive, of the list that a child wrote and what other children may need. The JVM that
 * does so runs below one of ours, which takes it along should this JVM be killed.
 */
final class ArchiveTraining implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ArchiveTraining.class);

  /** By name, since a child has no classes in common with this room but the wire's. */
  private static final String MAIN = "io.delegate.worker.Dump";

  /** From the first result on, so that the classes of more than one item are in the list. */
  private static final long DELAY_MILLIS = 1_000;

  private static final long LIMIT_SECONDS = 60;

  /** The list of a child that has loaded tens of thousands of classes. */
  private static final int LONGEST_LIST = 8 << 20;

  private static final int MOST_LINES = 100_000;
  private static final int LONGEST_LINE = 4_096;

  /** A class; or how the JDK makes one for a lambda. Others come from a loader of the user's. */
  private static final Pattern LINE =
      Pattern.compile("[^\\s#@]+( id: \\d+)?|@lambda-(proxy|form-invoker) [^\\t]+");

  /** Whether the program is the same as when the list was begun. */
  interface Check {
    boolean holds() throws IOException;
  }

  private static final Set<String> MAKERS = ConcurrentHashMap.newKeySet();

  private final Launcher launcher;
  private final ClassArchive archive;
  private final Check unchanged;
  private final LaunchSpec spec;
  private final Path list;
  private final Path ownList;
  private final Path rehearsed;
  private final Consumer<ArchiveTraining> onEnd;
  private final CountDownLatch hurry = new CountDownLatch(1);
  private final CompletableFuture<Boolean> done = new CompletableFuture<>();
  private volatile boolean over;
  private volatile @Nullable Thread thread;

  ArchiveTraining(
      Launcher launcher,
      ClassArchive archive,
      Check unchanged,
      LaunchSpec spec,
      Path list,
      Consumer<ArchiveTraining> onEnd) {
    this.launcher = launcher;
    this.archive = archive;
    this.unchanged = unchanged;
    this.spec = spec;
    this.list = list;
    this.ownList = list.resolveSibling(list.getFileName() + "n");
    this.rehearsed = list.resolveSibling(list.getFileName() + "r");
    this.onEnd = onEnd;
  }

  ClassArchive archive() {
    return archive;
  }

  void start() {
    try {
      thread = DaemonThread.start("delegate-archive", this);
    } catch (OutOfMemoryError noThread) {
      onEnd.accept(this);
      done.complete(false);
    }
  }

  /**
   * Without further delay. Completes when it is made (true) or cannot be, on the thread that makes
   * it: what follows must not wait for that.
   */
  CompletableFuture<Boolean> now() {
    hurry.countDown();
    return done.copy();
  }

  /** Blocks until nothing of it is left. */
  void end() {
    over = true;
    Thread own = thread;
    boolean interrupted = Thread.interrupted();
    while (own != null && own.isAlive()) {
      own.interrupt();
      try {
        own.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void run() {
    boolean made = false;
    try {
      boolean unused = hurry.await(DELAY_MILLIS, TimeUnit.MILLISECONDS);
      made = !over && make();
      if (!made) {
        archive.tried(over);
      }
    } catch (InterruptedException e) {
      archive.tried(true);
    } catch (Throwable e) {
      archive.tried(over);
      LOG.debug("no class archive was made in {}", archive, e);
    } finally {
      boolean unused = list.toFile().delete();
      unused = ownList.toFile().delete();
      unused = rehearsed.toFile().delete();
      onEnd.accept(this);
      done.complete(made);
    }
  }

  private boolean make() throws IOException, StartException, InterruptedException {
    Path own = OwnClasses.location();
    if (own == null) {
      return false; // what watches the dump could not be started
    }
    Files.write(ownList, usable(ChildFiles.head(list, LONGEST_LIST)), StandardCharsets.UTF_8);
    Path jar = archive.jar();
    Path draft = list.resolveSibling(list.getFileName() + ".jsa");
    try {
      if (!dump(own, jar, draft) || !unchanged.holds()) {
        return false;
      }
      archive.take(draft);
      LOG.debug("a class archive was made in {}", archive);
      return true;
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /** What names classes of the class path, and no others; the last line may be half written. */
  static List<String> usable(String text) {
    List<String> lines = new ArrayList<>();
    int at = 0;
    for (int end = text.indexOf('\n'); end >= 0 && lines.size() < MOST_LINES; ) {
      if (end - at <= LONGEST_LINE) {
        String line = text.substring(at, end).strip();
        if (LINE.matcher(line).matches()) {
          lines.add(line);
        }
      }
      at = end + 1;
      end = text.indexOf('\n', at);
    }
    return lines;
  }

  /** The marks of the JVMs that make archives now: they serve nobody, and end by themselves. */
  static Set<String> makers() {
    return Set.copyOf(MAKERS);
  }

  private boolean dump(Path own, Path jar, Path draft)
      throws IOException, StartException, InterruptedException {
    List<String> args = new ArrayList<>();
    args.add(Long.toString(ProcessHandle.current().pid()));
    args.add(rehearsed.toString());
    args.add(ownList.toString());
    args.add(JavaHome.executable(spec.javaHome()).toString());
    args.addAll(ArchiveFlags.dump(ownList, draft));
    args.add("-cp");
    args.add(jar.toString());
    ChildProcess process = launcher.start(supervisor(own), args, new byte[0], DiscardSink.INSTANCE);
    MAKERS.add(process.cookie());
    try {
      int code = process.onExit().get(LIMIT_SECONDS, TimeUnit.SECONDS);
      if (code == 0 && Files.exists(draft)) {
        return true;
      }
      LOG.debug(
          "no class archive was made in {}: exit code {}, {}", archive, code, process.stderrTail());
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("no class archive was made in {}", archive, e);
    } finally {
      process.killTree().join();
      MAKERS.remove(process.cookie());
    }
    return false;
  }

  /** With no class of the user's, and nothing of his environment that would bring one. */
  private LaunchSpec supervisor(Path own) {
    List<String> flags = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1", "-Xmx128m"));
    flags.addAll(ArchiveFlags.list(rehearsed));
    List<Path> classPath = new ArrayList<>(List.of(own));
    classPath.addAll(OwnClasses.libraries(archive.entries(), spec.loader()));
    return new LaunchSpec(
        spec.javaHome(),
        flags,
        Map.of(),
        spec.inherited(),
        null,
        false,
        null,
        1,
        classPath,
        null,
        true,
        List.of(),
        MAIN,
        UnaryOperator.identity(),
        spec.loader());
  }
}
