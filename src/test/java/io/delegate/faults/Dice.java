package io.delegate.faults;

import io.delegate.faults.Act.What;
import io.delegate.faults.Course.Reader;
import io.delegate.faults.Course.Stop;
import io.delegate.faults.Course.Way;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Makes a schedule of a seed: the same one each time, though not the same run. What costs much
 * (starts of children, reports of crashes, floods) is rare, so that there may be many schedules.
 */
final class Dice {
  private static final Deed[] HARMLESS = {
    Deed.NOTHING,
    Deed.INTERRUPTS_ITSELF,
    Deed.LEAVES_A_THREAD,
    Deed.THROWS,
    Deed.THROWS_ERROR,
    Deed.THROWS_SPITEFULLY,
    Deed.RECURSES,
    Deed.RETURNS_WHAT_CANNOT_BE_SENT,
    Deed.PESTERED,
    Deed.PRINTS,
    Deed.PRINTS,
    Deed.LARGE
  };
  private static final Deed[] DEADLY = {
    Deed.EXITS, Deed.EXITS_WITH_ZERO, Deed.HALTS, Deed.HALTS, Deed.EATS_THE_HEAP
  };
  private static final Deed[] ENDLESS = {
    Deed.SLEEPS,
    Deed.COUNTS,
    Deed.IGNORES_INTERRUPTS,
    Deed.STOPS_ITSELF,
    Deed.STARTS_A_CHILD,
    Deed.STARTS_A_DAEMON,
    Deed.HANGS_IN_A_HOOK
  };
  private static final Stop[] STOPS = {
    Stop.CANCEL, Stop.CANCEL, Stop.TAKE, Stop.DOWNSTREAM_ERROR, Stop.UPSTREAM_ERROR
  };
  private static final Stop[] STOPS_OF_SINGLES = {Stop.CANCEL, Stop.TIMEOUTS};
  private static final int[] WINDOWS = {Schedule.FOLLOWS, Schedule.FOLLOWS, 1, 1, 2, 7, 64, 256};

  /** Most blows from outside: as many starts of children. */
  private static final int MOST_BLOWS = 3;

  private final Random random;
  private final boolean large;

  /** Thousands of items that take no time, so that hundreds are in a child's hands. */
  private final boolean swarm;

  private Dice(long seed) {
    random = new Random(seed * 0x9E3779B97F4A7C15L); // small seeds that follow each other are alike
    large = one(10);
    swarm = !large && one(10);
  }

  static Schedule roll(long seed) {
    return new Dice(seed).schedule(seed);
  }

  private boolean one(int in) {
    return random.nextInt(in) == 0;
  }

  private int between(int low, int high) {
    return low + random.nextInt(high - low + 1);
  }

  private Duration millis(int low, int high) {
    return Duration.ofMillis(between(low, high));
  }

  private <T> T of(T[] all) {
    return all[random.nextInt(all.length)];
  }

  private Schedule schedule(long seed) {
    int children = large ? between(3, one(4) ? 8 : 4) : one(2) ? 1 : between(1, 3);
    int window = one(10) ? between(1, 256) : WINDOWS[random.nextInt(WINDOWS.length)];
    window = swarm && one(2) ? Schedule.FOLLOWS : window;
    Duration limit = one(2) ? millis(700, 1_200) : null;
    boolean cutShort = one(8);
    int retries = one(4) ? between(1, 2) : 0;
    List<Course> courses = new ArrayList<>();
    for (int streams = one(3) ? one(4) ? 3 : 2 : 1; streams > 0; streams--) {
      courses.add(course(courses.size(), limit != null || cutShort, retries));
    }
    int items = courses.stream().mapToInt(course -> course.orders().size()).sum();
    boolean small =
        courses.stream()
            .flatMap(course -> course.orders().stream())
            .anyMatch(order -> order.deed() == Deed.EATS_THE_HEAP);
    return new Schedule(
        seed,
        children,
        window,
        one(3), // its classes cost much of a short life
        one(3),
        small,
        retries,
        one(6) ? Math.max(3, items / between(2, 6)) : 0,
        one(10) ? millis(800, 2_500) : null,
        one(10) ? millis(30, 500) : null,
        one(6) ? between(1, 2) : 0,
        limit,
        one(10) ? millis(300, 1_500) : null,
        one(4) ? between(0, 20) : -1,
        courses,
        acts(courses, items, children, cutShort));
  }

  // ---- streams

  private Course course(int number, boolean mayHang, int retries) {
    Way way = one(5) ? Way.SINGLES : one(3) ? Way.ORDERED : Way.PARALLEL;
    int count = swarm ? between(1_000, 4_000) : large ? between(60, 400) : between(10, 40);
    Stop stop = one(4) ? of(way == Way.SINGLES ? STOPS_OF_SINGLES : STOPS) : Stop.NONE;
    boolean hangs = mayHang || stop == Stop.CANCEL || stop == Stop.TIMEOUTS;
    return new Course(
        number,
        way,
        of(Shape.values()),
        orders(number, count, hangs, retries),
        of(Reader.values()),
        stop,
        between(stop == Stop.TAKE ? 1 : 0, count), // nothing is seen of a stream of no items
        one(6));
  }

  private List<Order> orders(int course, int count, boolean mayHang, int retries) {
    List<Order> orders = new ArrayList<>();
    for (int id = 0; id < count; id++) {
      orders.add(plain(course, id));
    }
    for (int odd = between(0, 4); odd > 0; odd--) {
      put(orders, of(HARMLESS));
    }
    int most = large ? 3 : 2;
    for (int deadly = one(2) ? 0 : between(0, course > 0 || retries > 0 ? 1 : most);
        deadly > 0;
        deadly--) {
      put(orders, of(DEADLY));
    }
    if (one(30)) {
      put(orders, Deed.CRASHES_NATIVELY);
    }
    if (mayHang && one(3)) {
      put(orders, of(ENDLESS));
    }
    if (one(30)) {
      put(orders, Deed.LEAVES_A_DAEMON);
    }
    if (one(4)) { // one that holds up what is queued behind it
      int id = random.nextInt(count);
      orders.set(id, new Order(course, id, Deed.NAPS, between(50, 250)));
    }
    return orders;
  }

  private Order plain(int course, int id) {
    return switch (random.nextInt(swarm ? 4_000 : 20)) {
      case 0, 1 -> new Order(course, id, Deed.NAPS, between(1, 8));
      case 2 -> new Order(course, id, Deed.SPINS, between(1, 4));
      default -> new Order(course, id, Deed.QUICK, random.nextInt(1 << 20));
    };
  }

  private void put(List<Order> orders, Deed deed) {
    int id = random.nextInt(orders.size());
    int arg =
        switch (deed) {
          case PRINTS -> one(20) ? 1_500 : between(1, 30);
          case PESTERED -> between(1, 20);
          case LARGE -> between(1, 400);
          default -> 0;
        };
    orders.set(id, new Order(orders.get(id).course(), id, deed, arg));
  }

  // ---- acts

  private List<Act> acts(List<Course> courses, int items, int children, boolean cutShort) {
    List<Act> acts = new ArrayList<>();
    for (int blows = one(2) ? 0 : between(1, one(3) ? MOST_BLOWS : 1); blows > 0; blows--) {
      What what = one(12) ? What.SEGV : one(4) ? What.TERM : one(4) ? What.STALL : What.KILL;
      acts.add(act(what, items, 0, random.nextInt(8)));
    }
    if (one(10)) {
      acts.add(act(What.SPAWN, items, 1_500, between(1, children + 1)));
    }
    if (one(10)) {
      acts.add(act(What.CLEANUP, items, 1_500, 0));
    }
    for (Course course : courses) {
      if (course.stop() == Stop.CANCEL) {
        acts.add(act(What.CANCEL, course.stopAt(), between(500, 2_000), course.number()));
      }
    }
    if (cutShort) {
      acts.add(
          act(one(2) ? What.DISPOSE : What.FINISH, items, between(500, 2_000), between(0, 400)));
    }
    acts.sort(Comparator.comparingInt(Act::after));
    return acts;
  }

  /** At a random instant of the work; some while the first child is still on its way. */
  private Act act(What what, int items, long latest, int pick) {
    int after = one(8) ? 0 : random.nextInt(Math.max(1, items));
    return new Act(what, after, latest, one(3) ? 0 : random.nextInt(4_000), pick);
  }
}
