package io.delegate.process;

import io.delegate.Death;
import io.delegate.wire.Mark;
import io.delegate.wire.Marking;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A child that was started. All methods may be called from any thread and none blocks; futures
 * complete on threads of the child's own, which its callbacks must not hold up.
 */
public final class ChildProcess {
  private static final Logger LOG = LoggerFactory.getLogger(ChildProcess.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Process process;
  private final long pid;
  private final List<String> command;
  private final String cookie;
  private final Proc proc;
  private final DaemonThread.Starter threads;
  private final Evidence evidence;
  private final ArchiveUse archive;
  private final StderrTail stderr = new StderrTail();
  private final Marking marking;
  private final OutputReader out;
  private final OutputReader err;
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();
  private final CompletableFuture<Void> outputDone;
  private final CompletableFuture<Void> treeDead = new CompletableFuture<>();
  private final CompletableFuture<Void> scratchGone;
  private final AtomicBoolean killing = new AtomicBoolean();

  /** Whether the kill got no thread of its own, and is left to the one that waits for the end. */
  private final CompletableFuture<Boolean> killHere = new CompletableFuture<>();

  /** That one, while it does wait; the lock is {@link #killHere}. */
  private @Nullable Thread waiter;

  private volatile boolean killedByUs;
  private volatile @Nullable Autopsy autopsy;
  private volatile @Nullable Family family;
  private volatile List<Long> escaped = List.of();

  ChildProcess(
      Process process,
      List<String> command,
      String cookie,
      Proc proc,
      DaemonThread.Starter threads,
      OutputSink sink,
      boolean isJava,
      Evidence evidence,
      @Nullable Path scratch,
      ArchiveUse archive) {
    this.process = process;
    this.pid = process.pid();
    this.command = List.copyOf(command);
    this.cookie = cookie;
    this.proc = proc;
    this.threads = threads;
    this.evidence = evidence;
    this.archive = archive;
    this.scratchGone =
        scratch == null ? treeDead : treeDead.thenRun(() -> Deletion.delete(scratch));
    Pipe stdoutPipe = Pipe.of(proc, pid, 1, process.getInputStream(), isJava);
    Pipe stderrPipe = Pipe.of(proc, pid, 2, process.getErrorStream(), isJava);
    this.marking = new Marking(RANDOM.nextLong(), stdoutPipe.marking(), stderrPipe.marking());
    byte[] prefix = Mark.prefix(marking.secret());
    this.out =
        new OutputReader(
            stdoutPipe.end(), prefix, null, (item, line) -> sink.stdout(pid, item, line));
    this.err =
        new OutputReader(
            stderrPipe.end(), prefix, stderr, (item, line) -> sink.stderr(pid, item, line));
    this.outputDone = CompletableFuture.allOf(out.done(), err.done());
  }

  /** Starts the threads: two read, one waits for the end, and then for {@link #killTree}. */
  void watch() {
    family = Families.started(proc, cookie, process.toHandle());
    threads.start("delegate-output-" + pid, out);
    threads.start("delegate-output-" + pid, err);
    Looks.add(evidence);
    try {
      threads.start("delegate-exit-" + pid, this::awaitExit);
    } catch (OutOfMemoryError noThread) {
      Looks.remove(evidence);
      evidence.abandon();
      throw noThread;
    }
  }

  /** A thread of its own: {@link Process#onExit} may wait for readers, or for the common pool. */
  private void awaitExit() {
    while (process.isAlive() && !killHere.getNow(false)) {
      awaitEndOrKill();
    }
    try {
      boolean unused = endIsTold();
    } finally {
      if (killHere.join()) {
        kill(this::endIsTold);
      }
    }
  }

  private void awaitEndOrKill() {
    setWaiter(Thread.currentThread());
    try {
      if (!killHere.getNow(false)) {
        process.waitFor();
      }
    } catch (InterruptedException | OutOfMemoryError e) {
      // the kill is left to us; if it is not, the process decides
    } finally {
      setWaiter(null);
    }
  }

  /** An interrupt is to end the wait only: what is read afterwards would break off. */
  private void setWaiter(@Nullable Thread thread) {
    synchronized (killHere) {
      waiter = thread;
      boolean unused = Thread.interrupted();
    }
  }

  /** Tells the end as soon as it is there. */
  private boolean endIsTold() {
    if (!exit.isDone() && !process.isAlive()) {
      tellEnd(process.exitValue());
    }
    return exit.isDone();
  }

  /** Whatever is wrong with the evidence, the end is told. */
  private void tellEnd(int code) {
    try {
      Looks.remove(evidence);
      archive.ended(code, killedByUs);
      autopsy = evidence.examine(code, killedByUs);
    } catch (Throwable unexamined) {
      LOG.debug("the death of child {} could not be examined", pid, unexamined);
    } finally {
      try {
        Families.ended(cookie);
      } finally {
        exit.complete(code);
      }
    }
  }

  /** It is up, and waits for work. */
  public void ready() {
    archive.ready();
  }

  /**
   * It has something to do, or has not.
   *
   * @param busy what runs is looked at more often
   */
  public void busy(boolean busy) {
    evidence.busy(busy);
    if (busy) {
      Looks.stirred();
    }
  }

  /** It has run a work. */
  public void served() {
    archive.served();
  }

  /**
   * Its process; with a launcher that does not replace itself, the launcher's.
   *
   * @return the pid
   */
  public long pid() {
    return pid;
  }

  /**
   * What was run.
   *
   * @return the command, after the launcher had its say
   */
  public List<String> command() {
    return command;
  }

  /**
   * What its environment bears, and that of all it starts.
   *
   * @return the name of the private directory, a slash, a number
   */
  public String cookie() {
    return cookie;
  }

  /**
   * The exit status, as {@link Process} gives it.
   *
   * @return completes when the process is gone
   */
  public CompletableFuture<Integer> onExit() {
    return exit.copy();
  }

  /**
   * Whether it runs.
   *
   * @return false once its process has ended
   */
  public boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Kills the child, its descendants and every process that bears its cookie, again until none is
   * left. Also for what a child left behind that ended by itself. Then removes the directory it ran
   * in, if that was its own.
   *
   * @return completes when all are gone, never before, but for those that {@link #escaped}; each
   *     call gives the same end
   */
  public CompletableFuture<Void> killTree() {
    if (killing.compareAndSet(false, true)) {
      killedByUs = process.isAlive();
      leaveKill(!killHasThread());
    }
    return scratchGone.copy();
  }

  private boolean killHasThread() {
    try {
      threads.start("delegate-kill-" + pid, () -> kill(exit::isDone));
      return true;
    } catch (OutOfMemoryError noThread) {
      return false; // it may be the very tree that is to be killed which leaves no room for one
    }
  }

  /** To the thread that waits for the end, which then is there for sure; or to none. */
  private void leaveKill(boolean toWaiter) {
    synchronized (killHere) {
      killHere.complete(toWaiter);
      if (toWaiter && waiter != null) {
        waiter.interrupt();
      }
    }
  }

  private void kill(BooleanSupplier ended) {
    lastLook();
    ProcessTree.Pause pause = new ProcessTree.Pause();
    while (!isKilled(ended)) {
      pause.next();
    }
    treeDead.complete(null);
    List.of(new LastOutput(out), new LastOutput(err)).forEach(LastOutput::await);
  }

  /** Once it is hit, its memory cannot be seen any more. */
  private void lastLook() {
    try {
      evidence.look();
    } catch (RuntimeException | Error e) {
      // it is killed all the same
    }
  }

  /** False if something went wrong, and it is to be done again. */
  private boolean isKilled(BooleanSupplier ended) {
    try {
      Family known = family;
      ProcessTree tree =
          new ProcessTree(proc, Cookie.exactly(cookie), known == null ? List.of() : List.of(known));
      escaped = tree.killAll(ended, PATIENCE, this::killIsLate);
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.debug("the kill of child {} failed, and is made again", pid, e);
      return false;
    }
    if (!escaped.isEmpty()) {
      LOG.warn("child {} started processes that cannot be killed and live on: {}", pid, escaped);
    }
    return true;
  }

  /** One that runs as another user is out of our reach, but may end as it does without a parent. */
  private void killIsLate() {
    LOG.warn("child {}: killed, but not gone for {}; still trying", pid, PATIENCE);
    closeStdin();
  }

  /**
   * What the child had started and could not be killed.
   *
   * @return pids; complete once {@link #killTree} is
   */
  public List<Long> escaped() {
    return escaped;
  }

  /** Tells the child to end: it does when its stdin closes. */
  public void closeStdin() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      LOG.trace("child {} had closed its stdin", pid, e);
    }
  }

  /**
   * The last lines of stderr.
   *
   * @return at most 40 lines and 8 KiB
   */
  public String stderrTail() {
    return stderr.text();
  }

  /**
   * What the child is to be told of the marks between its lines.
   *
   * @return the secret and where they may be written
   */
  public Marking marking() {
    return marking;
  }

  /**
   * The end of stdout and stderr.
   *
   * @return completes when both were read to their end, or given up on because the tree is dead and
   *     a stranger holds them
   */
  public CompletableFuture<Void> outputDone() {
    return outputDone.copy();
  }

  /**
   * How it ended. Complete once {@link #outputDone} is.
   *
   * @return the death
   * @throws IllegalStateException if it has not, as {@link #onExit} tells
   */
  public Death death() {
    return autopsy().death(stderr);
  }

  /**
   * How it ended, with what it wrote to stderr since an item began.
   *
   * @param seq the last item that it began
   * @return the death
   * @throws IllegalStateException if it has not, as {@link #onExit} tells
   */
  public Death death(long seq) {
    return autopsy().death(stderr, stderr.text(seq));
  }

  private Autopsy autopsy() {
    if (!exit.isDone()) {
      throw new IllegalStateException("child " + pid + " has not ended");
    }
    Autopsy found = autopsy;
    return found == null ? Autopsy.bare(exit.join(), killedByUs) : found;
  }
}
