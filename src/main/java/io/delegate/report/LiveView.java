package io.delegate.report;

import io.delegate.Death;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The view on a terminal, and the thread that draws it as long as it is there. */
final class LiveView implements View {
  private static final Logger log = LoggerFactory.getLogger(LiveView.class);

  /** Ten a second: more cannot be read. */
  private static final long FRAME = 100_000_000;

  /** Where nothing happens clocks run on. */
  private static final long CLOCK = 1_000_000_000;

  private final Tty tty;
  private final Screen screen;
  private final Picture picture;
  private final ClosingLines lines;
  private final Supplier<LiveState> look;
  private final Object wake = new Object();
  private volatile boolean dirty = true;
  private volatile boolean resized = true;
  private volatile boolean over;

  private LiveView(Tty tty, Caption caption, Supplier<LiveState> look) {
    this.tty = tty;
    this.screen = new Screen(tty.out(), tty.charset());
    this.picture = new Picture(caption, Glyphs.in(tty.charset()));
    this.lines = new ClosingLines(caption);
    this.look = look;
  }

  static LiveView open(Tty tty, Caption caption, Supplier<LiveState> look) {
    LiveView view = new LiveView(tty, caption, look);
    tty.onResize(view::resized);
    Thread painter = new Thread(null, view::paint, "delegate-terminal", 0, false);
    painter.setDaemon(true);
    painter.setContextClassLoader(LiveView.class.getClassLoader());
    painter.start();
    return view;
  }

  @Override
  public void changed() {
    if (!dirty) {
      dirty = true;
      wake();
    }
  }

  @Override
  public void fell(Casualty casualty) {
    // it is in what is looked at
  }

  /** On the thread of the signal. */
  private void resized() {
    try {
      screen.wipe();
    } catch (IOException e) {
      // the painter will meet the same
    }
    resized = true;
    dirty = true;
    wake();
  }

  private void paint() {
    try {
      Size size = new Size(0, 0);
      long drawn = System.nanoTime() - CLOCK;
      while (waited(drawn)) {
        dirty = false;
        if (resized) {
          resized = false;
          size = tty.size();
        }
        drawn = System.nanoTime();
        screen.draw(picture.of(look.get(), size), size);
      }
    } catch (IOException e) {
      over = true; // nobody is looking any more
    } catch (Throwable broken) {
      over = true;
      log.warn("the view of the run is given up", broken);
    }
  }

  /** Until it is time to draw; false when the view is over. */
  private boolean waited(long drawn) throws InterruptedException {
    synchronized (wake) {
      while (!over) {
        long left = (dirty ? FRAME : CLOCK) - (System.nanoTime() - drawn);
        if (left <= 0) {
          return true;
        }
        wake.wait(left / 1_000_000 + 1);
      }
      return false;
    }
  }

  private void wake() {
    synchronized (wake) {
      wake.notifyAll();
    }
  }

  @Override
  public void startFailed(Death how) {
    // it is in the summary; those that are up are in what is looked at
  }

  @Override
  public void close(@Nullable LiveState last) {
    over = true;
    wake();
    List<String> summary = last == null ? List.of() : lines.summary(last);
    try {
      screen.close(summary.stream().map(line -> Row.of(line, Ink.PLAIN)).toList());
    } catch (IOException e) {
      // the terminal is gone
    } finally {
      tty.close();
    }
  }
}
