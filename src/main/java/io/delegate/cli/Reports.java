package io.delegate.cli;

import io.delegate.Event;
import io.delegate.Reporter;
import io.delegate.report.Efficiency;
import io.delegate.report.EfficiencyReporter;
import io.delegate.report.LogReporter;
import io.delegate.report.TerminalReporter;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Who is told what goes on while it goes on, on stderr. */
final class Reports {
  /** Reporters are told in their own time, which is a moment after the end. */
  private static final long PATIENCE_SECONDS = 2;

  /** The values of {@code --report}, as they are written. */
  enum Kind {
    TERMINAL,
    LOG,
    JSON,
    NONE
  }

  private final List<Reporter> reporters = new ArrayList<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile boolean begun;
  private final @Nullable CompletableFuture<Efficiency> efficiency;
  private final @Nullable TerminalReporter terminal;

  Reports(
      Kind kind,
      String title,
      boolean stats,
      @Nullable Duration limit,
      @Nullable Long total,
      PrintWriter err) {
    TerminalReporter view = kind == Kind.TERMINAL ? view(title, limit, total) : null;
    terminal = view;
    switch (kind) {
      case TERMINAL -> reporters.add(Objects.requireNonNull(view));
      case LOG -> {
        reporters.add(new LogReporter());
        reporters.add(end());
      }
      case JSON -> reporters.add(new EventJson(err, this::told));
      case NONE -> {}
    }
    CompletableFuture<Efficiency> told = stats ? new CompletableFuture<>() : null;
    if (told != null) {
      reporters.add(new EfficiencyReporter(told::complete));
    }
    efficiency = told;
  }

  /** One that prints nothing. */
  private Reporter end() {
    return new Reporter() {
      @Override
      public void event(Event event) {
        told(event);
      }
    };
  }

  /** After it was printed. */
  private void told(Event event) {
    if (event instanceof Event.Cleanup) {
      ended.complete(null);
    } else {
      begun = true;
    }
  }

  private static TerminalReporter view(
      String title, @Nullable Duration limit, @Nullable Long total) {
    TerminalReporter.Builder builder =
        TerminalReporter.builder().title(title).summary(false); // there is one in any case
    if (limit != null) {
      builder = builder.limit(limit);
    }
    if (total != null && total > 0) {
      builder = builder.total(total);
    }
    return builder.build();
  }

  /** Before the reporters are asked for. */
  void add(Reporter reporter) {
    reporters.add(reporter);
  }

  List<Reporter> reporters() {
    return reporters;
  }

  /** Gives stderr back. */
  void closeView() {
    if (terminal != null) {
      terminal.close();
    }
  }

  /** The last events are on their way when the children are gone. */
  private void awaitLast() {
    try {
      if (begun) {
        ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
    } catch (ExecutionException | TimeoutException e) {
      // stderr takes no more of them
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** After the end of the children: what is to be said then. */
  void print(PrintWriter err) {
    closeView();
    awaitLast();
    if (efficiency == null) {
      return;
    }
    try {
      err.println(efficiency.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    } catch (ExecutionException | TimeoutException e) {
      err.println(
          "delegate run: no statistics: the children were never started, or not all are gone");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    err.flush();
  }
}
