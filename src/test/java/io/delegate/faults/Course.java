package io.delegate.faults;

import java.util.List;

/**
 * One stream of a schedule.
 *
 * @param number its number
 * @param way how it goes through the scheduler
 * @param shape the form of its items
 * @param orders its items
 * @param reader how it is read
 * @param stop how it ends before its time
 * @param stopAt after how many items or outcomes
 * @param slowUpstream whether items come one by one from another thread
 */
record Course(
    int number,
    Way way,
    Shape shape,
    List<Order> orders,
    Reader reader,
    Stop stop,
    int stopAt,
    boolean slowUpstream) {
  /** The three doors. */
  enum Way {
    PARALLEL,
    ORDERED,
    SINGLES
  }

  /** How outcomes are asked for. */
  enum Reader {
    EAGER,
    /** Asks for all, and takes its time with each. */
    SLOW,
    ONE_BY_ONE,
    /** Asks for some, takes them all, rests, asks for more. */
    BURSTS
  }

  /** What ends it early. */
  enum Stop {
    NONE,
    CANCEL,
    TAKE,
    DOWNSTREAM_ERROR,
    UPSTREAM_ERROR,
    /** Of single items: some are given up after a while. */
    TIMEOUTS
  }

  /** Whether each item that was taken must get its outcome. */
  boolean isWhole() {
    return stop == Stop.NONE || stop == Stop.UPSTREAM_ERROR;
  }

  Order order(int id) {
    return orders.get(id);
  }

  String summary() {
    return "%s×%d %s %s %s%s%s"
        .formatted(
            way,
            orders.size(),
            shape,
            reader,
            stop,
            stop == Stop.NONE ? "" : "@" + stopAt,
            slowUpstream ? " slow upstream" : "");
  }
}
