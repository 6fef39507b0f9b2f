package io.delegate.benchmarks.peers;

import java.io.Serializable;
import java.time.LocalDate;
import java.util.List;

/** A small record of five fields. */
record Parcel(int id, String to, LocalDate day, List<String> tags, double[] size)
    implements Serializable {
  private static final LocalDate FIRST = LocalDate.of(2020, 1, 1);

  static Parcel of(int id) {
    return new Parcel(
        id,
        "receiver " + id,
        FIRST.plusDays(id % 1_000),
        List.of("fragile", "heavy"),
        new double[] {id, 2.5, 3});
  }

  /** The sum of this over all parcels is 5 for each, and what their ids add up to. */
  long check() {
    boolean whole =
        to.length() > "receiver ".length()
            && day.equals(FIRST.plusDays(id % 1_000))
            && tags.size() == 2
            && size[0] == id;
    return id + (whole ? 5 : 0);
  }
}
