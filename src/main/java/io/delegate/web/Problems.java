package io.delegate.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.delegate.DelegateException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What to tell a client of an error that ended its request. */
final class Problems {
  private static final Logger LOG = LoggerFactory.getLogger(DelegateHandler.class);
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final Sparse STARTS = new Sparse(Duration.ofSeconds(10), System::nanoTime);
  private static final Sparse OTHERS = new Sparse(Duration.ofSeconds(1), System::nanoTime);

  private Problems() {}

  /** With evidence: what went wrong in this server may be told, too. */
  static Problem of(Throwable thrown, boolean evidence) {
    if (thrown instanceof Problem problem) {
      return problem;
    }
    if (thrown instanceof RequestLimit.Refused refused) {
      return busy(String.valueOf(refused.getMessage()), refused.retryAfter());
    }
    if (thrown instanceof RejectedExecutionException) {
      return busy(evidence ? String.valueOf(thrown.getMessage()) : "try again later", SOON);
    }
    boolean start = thrown instanceof DelegateException.StartFailed;
    log(start ? STARTS : OTHERS, thrown);
    ProblemKind kind = start ? ProblemKind.START_FAILED : ProblemKind.INTERNAL;
    return Problem.of(
        kind, evidence ? String.valueOf(thrown.getMessage()) : "see the server's log");
  }

  /** Where nothing works every request fails, as often as clients care to try. */
  private static void log(Sparse sparse, Throwable thrown) {
    long others = sparse.admit();
    if (others == 0) {
      LOG.error("a request could not be served", thrown);
    } else if (others > 0) {
      LOG.error("a request could not be served, as {} before", others, thrown);
    }
  }

  static Problem busy(String detail) {
    return busy(detail, SOON);
  }

  private static Problem busy(String detail, Duration retryAfter) {
    long seconds = retryAfter.plusSeconds(1).minusNanos(1).toSeconds();
    return Problem.of(ProblemKind.BUSY, detail).with("retryAfter", seconds);
  }

  /** An item that its reader did not like. */
  static Problem badItem(Line line, Throwable thrown) {
    String where = line.number() == 0 ? "the body" : "line " + line.number();
    String why = why(thrown);
    Problem problem = Problem.of(ProblemKind.BAD_ITEM, where + " is not an item: " + why);
    return line.number() == 0 ? problem : problem.with("line", line.number());
  }

  private static String why(Throwable thrown) {
    if (thrown instanceof JsonProcessingException json) {
      String where =
          json.getLocation() == null ? "" : ", at column " + json.getLocation().getColumnNr();
      return json.getOriginalMessage() + where;
    }
    String message = thrown.getMessage();
    return message == null ? thrown.getClass().getSimpleName() : message;
  }
}
