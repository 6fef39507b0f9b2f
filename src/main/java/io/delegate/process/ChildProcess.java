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
  private final Evidence evidence;
  private final StderrTail stderr = new StderrTail();
  private final Marking marking;
  private final OutputReader out;
  private final OutputReader err;
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();
  private final CompletableFuture<Void> outputDone;
  private final CompletableFuture<Void> treeDead = new CompletableFuture<>();
  private final CompletableFuture<Void> scratchGone;
  private final AtomicBoolean killing = new AtomicBoolean();
  private volatile boolean killedByUs;
  private volatile @Nullable Autopsy autopsy;
  private volatile @Nullable Family family;
  private volatile List<Long> escaped = List.of();

  ChildProcess(
      Process process,
      List<String> command,
      String cookie,
      Proc proc,
      OutputSink sink,
      boolean isJava,
      Evidence evidence,
      @Nullable Path scratch) {
    this.process = process;
    this.pid = process.pid();
    this.command = List.copyOf(command);
    this.cookie = cookie;
    this.proc = proc;
    this.evidence = evidence;
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

  /** Starts the threads: two read, one waits for the end. */
  void watch() {
    family = Families.started(proc, cookie, process.toHandle());
    DaemonThread.start("delegate-output-" + pid, out);
    DaemonThread.start("delegate-output-" + pid, err);
    Looks.add(evidence);
    try {
      DaemonThread.start("delegate-exit-" + pid, this::awaitExit);
    } catch (OutOfMemoryError noThread) {
      Looks.remove(evidence);
      evidence.abandon();
      throw noThread;
    }
  }

  /** A thread of its own: {@link Process#onExit} may wait for readers, or for the common pool. */
  private void awaitExit() {
    int code = -1;
    for (boolean ended = false; !ended; ) {
      try {
        code = process.waitFor();
        ended = true;
      } catch (InterruptedException e) {
        // nobody is meant to; the process decides
      }
    }
    tellEnd(code);
  }

  /** Whatever is wrong with the evidence, the end is told. */
  private void tellEnd(int code) {
    try {
      Looks.remove(evidence);
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
      try {
        DaemonThread.start("delegate-kill-" + pid, this::lookAndKill);
      } catch (OutOfMemoryError noThread) {
        process.destroyForcibly();
        killing.set(false); // to be tried again
        return CompletableFuture.failedFuture(noThread);
      }
    }
    return scratchGone.copy();
  }

  private void lookAndKill() {
    lastLook();
    killAll();
  }

  /** Once it is hit, its memory cannot be seen any more. */
  private void lastLook() {
    try {
      evidence.look();
    } catch (RuntimeException | Error e) {
      // it is killed all the same
    }
  }

  private void killAll() {
    Family known = family;
    ProcessTree tree =
        new ProcessTree(proc, Cookie.exactly(cookie), known == null ? List.of() : List.of(known));
    escaped = tree.killAll(exit::isDone, PATIENCE, this::killIsLate);
    if (!escaped.isEmpty()) {
      LOG.warn("child {} started processes that cannot be killed and live on: {}", pid, escaped);
    }
    treeDead.complete(null);
    List.of(new LastOutput(out), new LastOutput(err)).forEach(LastOutput::await);
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
