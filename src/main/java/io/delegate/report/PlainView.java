package io.delegate.report;

import io.delegate.Death;
import java.io.PrintStream;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lines, for where there is no terminal. They are written by those who bring the news. */
final class PlainView implements View {
  private final ClosingLines lines;
  private final PrintStream out;
  private final long interval;
  private final LongSupplier nanos;
  private final Supplier<LiveState> look;
  private long told;

  PlainView(
      Caption caption,
      PrintStream out,
      Duration interval,
      LongSupplier nanos,
      Supplier<LiveState> look) {
    this.lines = new ClosingLines(caption);
    this.out = out;
    this.interval = Amounts.nanos(interval);
    this.nanos = nanos;
    this.look = look;
    this.told = nanos.getAsLong();
  }

  @Override
  public synchronized void changed() {
    long now = nanos.getAsLong();
    if (now - told >= interval) {
      told = now;
      print(lines.progress(look.get()));
    }
  }

  /** An item that waited too long cost no child. There may be many at once: they are counted. */
  @Override
  public void fell(Casualty casualty) {
    if (casualty.pid() != 0) {
      print(lines.casualty(casualty));
    }
  }

  @Override
  public void startFailed(Death how) {
    print(lines.startFailed(how));
  }

  @Override
  public void close(@Nullable LiveState last) {
    if (last != null) {
      lines.summary(last).forEach(this::print);
    }
  }

  /** In one call, so that a line of another thread does not come between it and its end. */
  private void print(String line) {
    out.print(line + System.lineSeparator());
    out.flush();
  }
}
