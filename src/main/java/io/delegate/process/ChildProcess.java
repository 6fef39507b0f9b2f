package io.delegate.process;

import io.delegate.Death;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
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

  private final Process process;
  private final long pid;
  private final List<String> command;
  private final String cookie;
  private final Proc proc;
  private final StderrTail stderr = new StderrTail();
  private final OutputReader out;
  private final OutputReader err;
  private final CompletableFuture<Integer> exit = new CompletableFuture<>();
  private final CompletableFuture<Void> outputDone;
  private final CompletableFuture<Void> treeDead = new CompletableFuture<>();
  private final AtomicBoolean killing = new AtomicBoolean();
  private volatile boolean killedByUs;
  private volatile @Nullable Autopsy autopsy;

  ChildProcess(
      Process process,
      List<String> command,
      String cookie,
      Proc proc,
      OutputSink sink,
      boolean isJava) {
    this.process = process;
    this.pid = process.pid();
    this.command = List.copyOf(command);
    this.cookie = cookie;
    this.proc = proc;
    this.out =
        new OutputReader(
            Pipe.of(proc, pid, 1, process.getInputStream(), isJava),
            line -> sink.stdout(pid, line));
    this.err =
        new OutputReader(
            Pipe.of(proc, pid, 2, process.getErrorStream(), isJava),
            line -> {
              stderr.add(line);
              sink.stderr(pid, line);
            });
    this.outputDone = CompletableFuture.allOf(out.done(), err.done());
  }

  /** Starts the threads: two read, one waits for the end. */
  void watch(Path exitLog, Path crashReport) {
    ProcessTree.started(cookie, process.toHandle());
    DaemonThread.start("delegate-output-" + pid, out);
    DaemonThread.start("delegate-output-" + pid, err);
    DaemonThread.start("delegate-exit-" + pid, () -> awaitExit(exitLog, crashReport));
  }

  /** A thread of its own: {@link Process#onExit} may wait for readers, or for the common pool. */
  private void awaitExit(Path exitLog, Path crashReport) {
    int code = -1;
    for (boolean ended = false; !ended; ) {
      try {
        code = process.waitFor();
        ended = true;
      } catch (InterruptedException e) {
        // nobody is meant to; the process decides
      }
    }
    autopsy = Autopsy.perform(code, killedByUs, exitLog, crashReport);
    ProcessTree.ended(cookie);
    exit.complete(code);
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
   * left. Also for what a child left behind that ended by itself.
   *
   * @return completes when all are gone, never before; each call gives the same end
   */
  public CompletableFuture<Void> killTree() {
    if (killing.compareAndSet(false, true)) {
      killedByUs = process.isAlive();
      try {
        DaemonThread.start("delegate-kill-" + pid, this::killAll);
      } catch (OutOfMemoryError noThread) {
        process.destroyForcibly();
        killing.set(false); // to be tried again
        return CompletableFuture.failedFuture(noThread);
      }
    }
    return treeDead.copy();
  }

  private void killAll() {
    ProcessTree tree = new ProcessTree(proc, Cookie.exactly(cookie), Set.of(process.toHandle()));
    ProcessTree.Pause pause = new ProcessTree.Pause();
    boolean complained = false;
    while (!killPass(tree)) {
      if (!complained && pause.elapsed().compareTo(PATIENCE) > 0) {
        complained = true;
        LOG.warn("child {}: killed, but not gone for {}; still trying", pid, PATIENCE);
      }
      pause.next();
    }
    treeDead.complete(null);
    List.of(new LastOutput(out), new LastOutput(err)).forEach(LastOutput::await);
  }

  private boolean killPass(ProcessTree tree) {
    try {
      return tree.killPass() && exit.isDone();
    } catch (RuntimeException | OutOfMemoryError e) {
      LOG.debug("child {}: a pass of killing failed, and is made again", pid, e);
      return false;
    }
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
    Autopsy found = autopsy;
    if (found == null) {
      throw new IllegalStateException("child " + pid + " has not ended");
    }
    return found.death(stderr);
  }
}
