package io.delegate.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes one archive, of the list that a child wrote. The JVM that does so runs below one of ours,
 * which takes it along should this JVM be killed; it takes about a second of a processor.
 */
final class ArchiveTraining implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ArchiveTraining.class);

  /** By name, since a child has no classes in common with this room but the wire's. */
  private static final String MAIN = "io.delegate.worker.Dump";

  /** From the first result on, so that the classes of more than one item are in the list. */
  private static final long DELAY_MILLIS = 1_000;

  private static final long LIMIT_SECONDS = 60;

  /** The list of a child that has loaded tens of thousands of classes. */
  private static final int LONGEST_LIST = 16 << 20;

  /** Of a class that a loader of the user's brought, which is not found on a class path. */
  private static final String FROM_ELSEWHERE = " source: ";

  private final Launcher launcher;
  private final ClassArchive archive;
  private final LaunchSpec spec;
  private final Path list;
  private final Path ownList;
  private final CountDownLatch hurry = new CountDownLatch(1);
  private final CompletableFuture<Boolean> done = new CompletableFuture<>();
  private volatile boolean over;
  private volatile @Nullable Thread thread;

  ArchiveTraining(
      Launcher launcher, ClassArchive archive, LaunchSpec spec, Path list, Path ownList) {
    this.launcher = launcher;
    this.archive = archive;
    this.spec = spec;
    this.list = list;
    this.ownList = ownList;
  }

  void start() {
    try {
      thread = DaemonThread.start("delegate-archive", this);
    } catch (OutOfMemoryError noThread) {
      done.complete(false);
    }
  }

  /** Without further delay. Completes when it is made (true) or cannot be. */
  CompletableFuture<Boolean> now() {
    hurry.countDown();
    return done.copy();
  }

  /** Blocks until nothing of it is left. */
  void end() {
    over = true;
    Thread own = thread;
    if (own != null) {
      own.interrupt();
      try {
        own.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void run() {
    boolean made = false;
    try {
      boolean unused = hurry.await(DELAY_MILLIS, TimeUnit.MILLISECONDS);
      made = !over && archive.isTried() && make();
    } catch (InterruptedException e) {
      // it is ended
    } catch (IOException | StartException | RuntimeException | OutOfMemoryError e) {
      LOG.debug("no class archive was made in {}", archive, e);
    } finally {
      done.complete(made);
    }
  }

  private boolean make() throws IOException, StartException, InterruptedException {
    Files.write(ownList, usable(ChildFiles.head(list, LONGEST_LIST)), StandardCharsets.UTF_8);
    Path jar = archive.jar();
    Path draft = archive.draft();
    try {
      if (!dump(jar, draft)) {
        return false;
      }
      archive.take(draft);
      LOG.debug("a class archive was made in {}", archive);
      return true;
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /** The last line may be half written. */
  static List<String> usable(String text) {
    List<String> lines = new ArrayList<>();
    for (String line : text.substring(0, text.lastIndexOf('\n') + 1).split("\n", -1)) {
      if (!line.isBlank() && !line.contains(FROM_ELSEWHERE)) {
        lines.add(line.strip());
      }
    }
    return lines;
  }

  private boolean dump(Path jar, Path draft)
      throws IOException, StartException, InterruptedException {
    List<String> args = new ArrayList<>();
    args.add(Long.toString(ProcessHandle.current().pid()));
    args.add(JavaHome.executable(spec.javaHome()).toString());
    args.addAll(ArchiveFlags.dump(ownList, draft));
    args.add("-cp");
    args.add(jar.toString());
    ChildProcess process = launcher.start(supervisor(), args, new byte[0], DiscardSink.INSTANCE);
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
    }
    return false;
  }

  private LaunchSpec supervisor() {
    return new LaunchSpec(
        spec.javaHome(),
        List.of("-XX:TieredStopAtLevel=1", "-Xmx32m"),
        spec.environment(),
        spec.inherited(),
        null,
        false,
        null,
        1,
        spec.classPath(),
        null,
        true,
        List.of(),
        MAIN,
        UnaryOperator.identity(),
        spec.loader());
  }
}
