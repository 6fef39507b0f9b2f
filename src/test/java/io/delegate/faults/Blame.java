package io.delegate.faults;

import io.delegate.Death;
import io.delegate.Outcome;
import io.delegate.faults.Journal.Note;
import io.delegate.faults.Trace.Receipt;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Laws 3 and 4: what each outcome says can be true, and nothing else can. An item that does what it
 * should is a success, unless its own child was struck while it ran; one that kills its child is to
 * blame, alone; one that ran too long did run, in that child, for that long.
 */
final class Blame {
  private final Evidence evidence;
  private final Consumer<String> wrong;
  private final Map<Long, Outcome<Object, Object>> blamed = new HashMap<>();

  private Blame(Evidence evidence, Consumer<String> wrong) {
    this.evidence = evidence;
    this.wrong = wrong;
  }

  static void judge(Evidence evidence, Consumer<String> wrong) {
    Blame judge = new Blame(evidence, wrong);
    for (Trace trace : evidence.traces) {
      for (Receipt receipt : trace.receipts) {
        judge.judge(trace, receipt);
      }
    }
  }

  private void judge(Trace trace, Receipt receipt) {
    Outcome<Object, Object> outcome = receipt.outcome();
    String why;
    if (outcome instanceof Outcome.Success<Object, Object> s) {
      why = success(receipt.order(), trace.course.shape(), s);
    } else if (outcome instanceof Outcome.Failure<Object, Object> f) {
      why = failure(receipt.order(), f);
    } else if (outcome instanceof Outcome.Aborted<Object, Object> a) {
      why = aborted(receipt, a);
    } else {
      why = timedOut(trace, receipt, (Outcome.TimedOut<Object, Object>) outcome);
    }
    if (why.isEmpty()) {
      why = attempt(receipt.order(), outcome);
    }
    if (!why.isEmpty()) {
      String story = evidence.story(receipt.order());
      wrong.accept("%s: %s; item %s".formatted(why, outcome, story));
    }
  }

  // ---- of items that ended

  private String success(Order order, Shape shape, Outcome.Success<Object, Object> s) {
    boolean may =
        switch (order.deed().fate) {
          case ANSWER, BYTES, NULL, RETURNED -> true;
          default -> false;
        };
    if (!may || !Objects.deepEquals(s.result(), order.deed().result(order, shape))) {
      return "law 3: not its result";
    }
    return ended(order, s);
  }

  private String failure(Order order, Outcome.Failure<Object, Object> f) {
    String type =
        switch (order.deed()) {
          case THROWS -> "java.io.IOException";
          case THROWS_ERROR -> "java.lang.AssertionError";
          case THROWS_SPITEFULLY -> "io.delegate.Misbehaving$Spiteful";
          case RECURSES -> "java.lang.StackOverflowError";
          case RETURNS_WHAT_CANNOT_BE_SENT -> f.error().type(); // that of the codec
          default -> "";
        };
    return type.equals(f.error().type()) ? ended(order, f) : "law 3: not its failure";
  }

  private String ended(Order order, Outcome<Object, Object> outcome) {
    return evidence.endedIn(order, outcome.pid()) ? "" : "law 3: it did not end in that child";
  }

  // ---- of items whose child died

  private String aborted(Receipt receipt, Outcome.Aborted<Object, Object> a) {
    Order order = receipt.order();
    boolean byBlow = evidence.blows.explain(a.pid(), a.death(), receipt.nanos());
    boolean byDeed =
        order.deed().fate == Deed.Fate.DEATH
            && (fits(order.deed(), a.death())
                || (order.deed().cause == a.death().cause()
                    && evidence.blows.cutShort(a.pid(), a.death(), receipt.nanos())));
    if (!byBlow && !byDeed) {
      return "law 3: neither the item nor a blow explains it, " + evidence.blows.on(a.pid());
    }
    return wasLast(order, a, evidence.blows.isStruck(a.pid()));
  }

  private static boolean fits(Deed deed, Death death) {
    return death.cause() == deed.cause && death.exitCode() == deed.exitCode;
  }

  /**
   * The blamed item must be the last that began in its child, and the only one that is blamed for
   * that death. The child claims an item just before it notes its begin: {@code between} tells
   * whether something can have hit it there, so that the begin of a blamed item is not noted. Then
   * no other can have been running: what began last there is over.
   */
  private String wasLast(Order order, Outcome<Object, Object> outcome, boolean between) {
    if (blamed.putIfAbsent(outcome.pid(), outcome) != null) {
      return "law 3: two are blamed for one death, the other " + blamed.get(outcome.pid());
    }
    if (!evidence.begunIn(order, outcome.pid())) {
      Note running = evidence.running(outcome.pid());
      return between && running == null ? "" : "law 3: it never began in that child, " + running;
    }
    Note last = evidence.lastBegun(outcome.pid());
    return Evidence.isOf(last, order) ? "" : "law 3: the last that began there was " + last;
  }

  // ---- of items that took too long

  private String timedOut(Trace trace, Receipt receipt, Outcome.TimedOut<Object, Object> t) {
    return switch (t.which()) {
      case ITEM -> ranTooLong(receipt, t);
      case QUEUE -> waitedTooLong(trace, receipt, t);
      case SILENCE -> "law 4: nobody said that an item must give signs of life";
      case START -> "law 4: nothing takes so long to load";
    };
  }

  private String ranTooLong(Receipt receipt, Outcome.TimedOut<Object, Object> t) {
    Duration limit = evidence.schedule.limit();
    if (!t.limit().equals(limit) || t.took().compareTo(limit) < 0) {
      return "law 4: not after its limit";
    }
    // on a busy machine any item may be held up for so long; but then it was
    long least = limit.toNanos();
    if (receipt.nanos() - least < evidence.earliest(receipt.order(), t.pid())) {
      return "law 4: it cannot have run for so long";
    }
    return wasLast(receipt.order(), t, true); // a busy machine may hold it up there, too
  }

  private String waitedTooLong(Trace trace, Receipt receipt, Outcome.TimedOut<Object, Object> t) {
    Duration limit = evidence.schedule.queueLimit();
    long waited = receipt.nanos() - trace.handed.get(receipt.order().id());
    boolean right = t.limit().equals(limit) && t.pid() == 0 && t.attempt() == 0;
    if (!right || waited < limit.toNanos()) {
      return "law 4: not after its limit";
    }
    return evidence.starts(receipt.order()).isEmpty() ? "" : "law 4: it did not only wait";
  }

  // ---- of all

  /** A run that a blow ends between its claim and its note counts, though nobody saw it. */
  private String attempt(Order order, Outcome<Object, Object> outcome) {
    if (outcome.attempt() == 0 && outcome.pid() == 0) {
      return "";
    }
    int seen = evidence.starts(order).size();
    int unseen = evidence.blows.struck().size();
    boolean right =
        outcome.attempt() >= Math.max(1, seen)
            && outcome.attempt() <= seen + unseen
            && outcome.attempt() <= 1 + evidence.schedule.retries();
    // or that the limit ends in the same place
    boolean heldUp = seen == 0 && outcome instanceof Outcome.TimedOut && outcome.attempt() == 1;
    return right || heldUp ? "" : "law 2: attempt " + outcome.attempt() + " of " + seen;
  }
}
