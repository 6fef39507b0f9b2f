package io.delegate.cli;

import io.delegate.Outcome;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** One run: items in, lines of JSON out, then the summary. Writes on the thread that calls it. */
final class Run {
  /** As a shell has it for a program that SIGPIPE ended. */
  static final int BROKEN_PIPE = 141;

  private static final int NOT_ALL = 1;
  private static final int BUFFER = 1 << 16;

  /**
   * After so many lines they are flushed though more are at hand: what is printed is noted, too.
   */
  private static final int OFTEN = 4_096;

  private final Children children;
  private final Inbox inbox;
  private final OutputStream out;
  private final PrintWriter err;
  private final Summary summary;
  private final Records records;
  private final Runnable beforeSummary;
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean stopped;

  /**
   * Makes it.
   *
   * @param beforeSummary what is to be done with stderr first
   */
  Run(
      Children children,
      int demand,
      OutputStream out,
      PrintWriter err,
      Summary summary,
      Records records,
      Runnable beforeSummary) {
    this.children = children;
    this.inbox = new Inbox(demand);
    this.out = new BufferedOutputStream(out, BUFFER);
    this.err = err;
    this.summary = summary;
    this.records = records;
    this.beforeSummary = beforeSummary;
  }

  /** Runs to the end, and returns the exit status. */
  int over(Flux<String> items) {
    Thread hook = new Thread(this::stop, "delegate-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      Flux.defer(() -> children.outcomes(records.left(items))).subscribe(inbox);
      write();
      return finish(inbox.error());
    } catch (IOException e) {
      return giveUp(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      abandon();
      return NOT_ALL;
    } finally {
      closeRecords();
      ended.countDown();
      remove(hook);
    }
  }

  private void closeRecords() {
    try {
      records.close();
    } catch (IOException e) {
      err.println("delegate run: the journal may not be complete: " + e.getMessage());
    }
  }

  /** Flushes whenever nothing more is at hand: each line at once, or many in one go. */
  private void write() throws IOException, InterruptedException {
    int sinceFlush = 0;
    while (true) {
      Outcome<String, String> outcome = inbox.poll();
      if (outcome == null || sinceFlush == OFTEN) {
        out.flush();
        records.flush();
        sinceFlush = 0;
      }
      if (outcome == null) {
        outcome = inbox.take();
      }
      if (outcome == null) {
        return;
      }
      summary.count(outcome);
      out.write(records.line(outcome));
      records.printed(outcome);
      sinceFlush++;
    }
  }

  private int finish(@Nullable Throwable error) {
    children.close();
    beforeSummary.run();
    if (error != null && !stopped) {
      err.println("delegate run: " + Summary.lines(error.toString()));
    }
    summary.print(err, stopped, records.skipped());
    return error == null && !stopped && summary.allSucceeded() ? 0 : NOT_ALL;
  }

  private int giveUp(IOException e) {
    abandon();
    keepTheRest(e);
    beforeSummary.run();
    if (!(e instanceof Records.Unkept) && isBrokenPipe(e)) {
      return BROKEN_PIPE; // the reader has what it wanted: head, grep -q
    }
    err.println("delegate run: cannot go on: " + e.getMessage());
    summary.print(err, true, records.skipped());
    return NOT_ALL;
  }

  /** Where stdout is well, what was on its way there shall not be lost. */
  private void keepTheRest(IOException e) {
    try {
      if (e instanceof Records.Unkept) {
        out.flush();
        records.flush();
      }
    } catch (IOException again) {
      // the first is told
    }
  }

  private void abandon() {
    inbox.cancel();
    children.kill();
  }

  /**
   * The JVM is going down: Ctrl-C, SIGTERM. Lets the writer end its line and the summary, unless it
   * hangs on a reader that reads no more.
   */
  private void stop() {
    if (ended.getCount() == 0) {
      return;
    }
    stopped = true;
    abandon();
    try {
      ended.await(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void remove(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // the JVM is going down already, and the hook has seen the end
    }
  }

  /** The message is in the language of the system, so what stdout is counts too. */
  private static boolean isBrokenPipe(IOException e) {
    if (String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT).contains("pipe")) {
      return true;
    }
    try {
      return Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString().startsWith("pipe:");
    } catch (IOException | UnsupportedOperationException none) {
      return false;
    }
  }
}
