package io.delegate.faults;

import java.io.Serializable;

/**
 * One item: whose it is, and what it is to do.
 *
 * @param course the stream
 * @param id where it stands among the items of its stream
 * @param deed what it does
 * @param arg how much of it: milliseconds, lines or KiB
 */
record Order(int course, int id, Deed deed, int arg) implements Serializable {
  /** What comes back for it; not to be mistaken for that of another. */
  Order answered() {
    return new Order(course, id, deed, 31 * arg + id + 7);
  }

  String name() {
    return course + "/" + id;
  }
}
