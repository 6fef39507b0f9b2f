package io.delegate.report;

import io.delegate.Death;
import io.delegate.Event;
import io.delegate.ExitReason;
import io.delegate.Outcome;
import io.delegate.Progress;
import io.delegate.RemoteError;
import io.delegate.Reporter;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Objects;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Shows a run while it goes on: on a terminal a live view, elsewhere lines.
 *
 * <pre>
 * ── thumbnails ──────────────────────────────────────────────── 3 children ──
 *   48197  aborted    cat.png  killed by SIGSEGV: bad header
 *   48213  running    dog.png                                     1.2 s of 5 s
 *   48214  slow       emu.png                                     4.8 s of 5 s
 *   48219  idle
 * 620 of 1,000 items     ━━━━━━━━━━━━━━━━━━━┄┄┄┄┄┄┄┄┄┄┄┄    62 %      9 s left
 * 616 success   3 failure   1 aborted   0 timed out        41 items/s     15 s
 * </pre>
 *
 * <p><b>The view</b> takes the last rows of the terminal, at most two thirds of them. What the
 * program, its children and native code print scrolls above it, whole. It is drawn at most ten
 * times a second, by a thread of its own, and fits itself to the window; with less than three rows
 * there is none. If there are more children than rows, those are shown that have run longest. It is
 * there from the first child that is up until {@code cleanup}, or until {@link #close()}. Then it
 * gives way to a summary of a few lines, and comes back with the next child. When the JVM ends, by
 * {@code System.exit} or Ctrl-C too, the terminal is given back first. {@code kill -9} leaves it as
 * it is: {@code reset} helps.
 *
 * <p>It is for terminals that know the codes of a VT100, which are all of today's, on Linux and
 * macOS. A program that moves the cursor itself should not use it. Stdin is left alone. The
 * terminal has one view at a time: a second reporter writes lines.
 *
 * <p><b>Lines</b> without escape codes are written where stderr is no terminal, where {@code TERM}
 * is {@code dumb} or not set, or the variable {@code NO_COLOR} is set, and on Windows: one for each
 * child lost, one of progress every few seconds, and the summary. They are also what there is
 * without {@code org.jline:jline-terminal} (3.30 or later) on the class path.
 *
 * <p>Items are shown by their {@code toString()}, in one line with control characters escaped. In
 * the view only those that are seen are asked, once, on its thread; so it should be safe to call
 * there.
 *
 * <p>One reporter can serve several schedulers at once; they are shown as one run.
 */
public final class TerminalReporter implements Reporter, AutoCloseable {
  /** Between the last outcome and the news of it there are some ms. */
  private static final long SILENCE = 100;

  /** Ctrl-C ends the children, too, and some take a moment. */
  private static final long LAST_SILENCE = 300;

  /** All of them together, in ms: nobody likes a program that does not end. */
  private static final long PATIENCE = 1_000;

  private final ViewSettings settings;
  private final long silence;
  private final boolean summary;
  private final Object lock = new Object();

  /** Taken before the other, so that nobody goes on before the summary is written. */
  private final Object ending = new Object();

  private LiveTally tally;
  private long told;
  private @Nullable View view;
  private @Nullable Thread hook;
  private boolean closed;

  TerminalReporter(ViewSettings settings, long silence) {
    this(settings, silence, true);
  }

  private TerminalReporter(ViewSettings settings, long silence, boolean summary) {
    this.settings = settings;
    this.summary = summary;
    this.silence = silence;
    this.tally = new LiveTally(now());
  }

  /**
   * One that writes to stderr.
   *
   * @return the reporter
   */
  public static TerminalReporter create() {
    return builder().build();
  }

  /**
   * For one that knows more about the run, or writes elsewhere.
   *
   * @return a builder with the defaults
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public void spawn(long pid) {
    synchronized (lock) {
      if (!closed && view == null) {
        open();
      }
    }
    tell((run, now) -> run.spawn(pid, now));
  }

  @Override
  public void begin(long pid, Object item) {
    tell((run, now) -> run.begin(pid, item, now));
  }

  @Override
  public void slow(long pid, Object item, Duration running) {
    tell((run, now) -> run.slow(pid, item, running, now));
  }

  @Override
  public void progress(long pid, Object item, Progress progress) {
    tell((run, now) -> run.progress(pid, progress));
  }

  @Override
  public void success(long pid, Object item, @Nullable Object result) {
    tell((run, now) -> run.success(pid, item, now));
  }

  @Override
  public void fail(long pid, Object item, RemoteError error) {
    tell((run, now) -> run.fail(pid, item, now));
  }

  @Override
  public void abort(long pid, Object item, Death death) {
    Casualty casualty = Casualty.aborted(pid, new Named(item), death);
    tell(casualty, (run, now) -> run.abort(casualty, item, now));
  }

  @Override
  public void timeout(long pid, Object item, Duration limit) {
    timeout(pid, item, limit, pid == 0 ? Outcome.Limit.QUEUE : Outcome.Limit.ITEM);
  }

  @Override
  public void timeout(long pid, Object item, Duration limit, Outcome.Limit which) {
    Casualty casualty = Casualty.timedOut(pid, new Named(item), limit, which);
    tell(casualty, (run, now) -> run.timeout(casualty, item, now));
  }

  @Override
  public void exit(long pid, Death how) {
    exit(pid, how, ExitReason.of(how));
  }

  @Override
  public void exit(long pid, Death how, ExitReason reason) {
    tell((run, now) -> run.exit(pid, how, reason, now));
  }

  @Override
  public void startFailed(Death how) {
    tell((run, now) -> run.startFailed(how));
    View shown;
    synchronized (lock) {
      shown = closed ? null : view == null ? settings.plain(this::look) : view;
    }
    if (shown != null) {
      shown.startFailed(how);
    }
  }

  /** Of what was left out at least the number is told. */
  @Override
  public void event(Event event) {
    if (event instanceof Event.Dropped some) {
      tell((run, now) -> run.dropped(some.count()));
    }
  }

  /** Children of another scheduler, or new ones of this, keep the view. */
  @Override
  public void cleanup() {
    synchronized (lock) {
      if (tally.hasChildren()) {
        return;
      }
    }
    end();
  }

  /**
   * Ends the view with the summary, whatever is still running, and takes no notice of what comes
   * later. News that are on their way are waited for: until there was none for 100 ms, and for a
   * second at most. A second call does nothing. The output is left open.
   */
  @Override
  public void close() {
    close(silence);
  }

  private void close(long enough) {
    settle(enough);
    end();
    synchronized (lock) {
      closed = true;
    }
  }

  private void tell(ObjLongConsumer<LiveTally> news) {
    tell(null, news);
  }

  private void tell(@Nullable Casualty fallen, ObjLongConsumer<LiveTally> news) {
    View shown;
    synchronized (lock) {
      if (closed) {
        return;
      }
      told++;
      news.accept(tally, now());
      shown = view;
    }
    if (shown != null && fallen != null) {
      shown.fell(fallen);
    }
    if (shown != null) {
      shown.changed();
    }
  }

  private LiveState look() {
    synchronized (lock) {
      return tally.look(now());
    }
  }

  private void open() {
    tally.start(now());
    view = settings.open(this::look);
    hook = new Thread(null, this::closeAtEnd, "delegate-terminal-end", 0, false);
    try {
      Runtime.getRuntime().addShutdownHook(hook);
    } catch (IllegalStateException e) {
      hook = null; // the JVM is ending
    }
  }

  /** A terminal that takes nothing, as after Ctrl-S, must not keep the JVM from its end. */
  private void closeAtEnd() {
    Thread closer =
        new Thread(null, () -> close(LAST_SILENCE), "delegate-terminal-close", 0, false);
    closer.setDaemon(true);
    closer.start();
    try {
      closer.join(2 * PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void end() {
    synchronized (ending) {
      View ended;
      LiveState last;
      synchronized (lock) {
        last = look();
        ended = view == null && summary && !tally.isEmpty() ? settings.plain(this::look) : view;
        view = null;
        tally = new LiveTally(now());
        forgetHook();
        lock.notifyAll();
      }
      if (ended != null) {
        ended.close(summary ? last : null);
      }
    }
  }

  private void forgetHook() {
    try {
      if (hook != null) {
        Runtime.getRuntime().removeShutdownHook(hook);
      }
    } catch (IllegalStateException e) {
      // it runs, or others do
    }
    hook = null;
  }

  private void settle(long enough) {
    boolean interrupted = false;
    synchronized (lock) {
      long seen = -1;
      for (long spent = 0; view != null && seen != told && spent < PATIENCE; spent += enough) {
        seen = told;
        try {
          lock.wait(enough);
        } catch (InterruptedException e) {
          interrupted = true;
          break;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private long now() {
    return settings.nanos().getAsLong();
  }

  /** What a {@link TerminalReporter} can be told beforehand. */
  public static final class Builder {
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofDays(366);

    private String title = "delegate";
    private long total;
    private @Nullable Duration limit;
    private @Nullable PrintStream output;
    private @Nullable Size size;
    private Duration interval = Duration.ofSeconds(5);
    private boolean summary = true;

    private Builder() {}

    /**
     * What the run is called. The default is {@code delegate}.
     *
     * @param text a few words; control characters are escaped
     * @return this
     * @throws IllegalArgumentException when it is blank
     */
    public Builder title(String text) {
      check(!text.isBlank(), "title", "\"" + text + "\"", "give a word, or leave it out");
      title = Line.of(text.strip());
      return this;
    }

    /**
     * How many items there are, for the bar and the time that is left. The default is that nobody
     * knows.
     *
     * @param items how many
     * @return this
     * @throws IllegalArgumentException when it is less than 1
     */
    public Builder total(long items) {
      check(items > 0, "total", items, "give at least 1, or leave it out where nobody knows");
      total = items;
      return this;
    }

    /**
     * How long an item may run, to show beside how long it has. It limits nothing: that is for
     * {@link io.delegate.ProcessScheduler.Builder#timeout(Duration)}. The default is to show none.
     *
     * @param time the limit of the scheduler
     * @return this
     * @throws IllegalArgumentException when it is not more than zero, or more than a year
     */
    public Builder limit(Duration time) {
      check(
          time.compareTo(Duration.ZERO) > 0 && time.compareTo(LONGEST) <= 0,
          "limit",
          time,
          "give the timeout of the scheduler, or leave it out");
      limit = time;
      return this;
    }

    /**
     * Writes there instead of to stderr: lines, unless {@link #ansi(int, int)} says that there is a
     * terminal behind it.
     *
     * @param stream where to; it is flushed after each write and never closed
     * @return this
     */
    public Builder output(PrintStream stream) {
      output = Objects.requireNonNull(stream, "output");
      return this;
    }

    /**
     * There is a terminal of that size behind the output, whatever the system says: a view is
     * drawn, in UTF-8, unless {@code NO_COLOR} is set. The default is to look at stderr, and to
     * know of no other stream that it is a terminal.
     *
     * @param columns its width in characters
     * @param rows its height
     * @return this
     * @throws IllegalArgumentException when one of them is less than 1 or more than 10,000
     */
    public Builder ansi(int columns, int rows) {
      check(
          Math.min(columns, rows) >= 1 && Math.max(columns, rows) <= 10_000,
          "ansi",
          columns + " x " + rows,
          "give the columns and the rows of the terminal, such as 80 and 24");
      size = new Size(columns, rows);
      return this;
    }

    /**
     * How often there is a line of progress where lines are written. There is none without news.
     * The default is 5 s.
     *
     * @param time between two lines at least
     * @return this
     * @throws IllegalArgumentException when it is less than 100 ms, or more than a year
     */
    public Builder interval(Duration time) {
      check(
          time.compareTo(SHORTEST) >= 0 && time.compareTo(LONGEST) <= 0,
          "interval",
          time,
          "give 100 ms or more, such as 5 s");
      interval = time;
      return this;
    }

    /**
     * Whether a summary is left at the end. The default is that there is one; a program that has
     * its own may do without.
     *
     * @param left whether
     * @return this
     */
    public Builder summary(boolean left) {
      summary = left;
      return this;
    }

    /**
     * Makes the reporter. It writes nothing yet.
     *
     * @return the reporter
     */
    public TerminalReporter build() {
      return new TerminalReporter(
          new ViewSettings(
              new Caption(title, total, limit),
              output,
              size,
              interval,
              System.getenv(),
              System::nanoTime),
          SILENCE,
          summary);
    }

    private static void check(boolean holds, String option, Object value, String remedy) {
      if (!holds) {
        throw new IllegalArgumentException(option + " = " + value + ": " + remedy);
      }
    }
  }
}
