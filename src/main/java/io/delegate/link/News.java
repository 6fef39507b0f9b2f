package io.delegate.link;

import io.delegate.Death;
import io.delegate.ExitReason;
import io.delegate.Progress;
import io.delegate.wire.ProtocolException;
import java.time.Duration;
import java.util.OptionalDouble;

/** What happens to children of a node, for those who watch. */
public sealed interface News {
  /**
   * One is up.
   *
   * @param pid the child
   * @param starting how long that took
   */
  record Spawned(long pid, Duration starting) implements News {}

  /**
   * One ended before it was up.
   *
   * @param pid the child
   * @param death how
   * @param starting after how long
   */
  record Unborn(long pid, Death death, Duration starting) implements News {}

  /**
   * One has begun an item.
   *
   * @param pid the child
   * @param item its number on this link
   */
  record Begun(long pid, long item) implements News {}

  /**
   * An item has run for long.
   *
   * @param pid the child
   * @param item its number
   * @param running for how long
   */
  record Slow(long pid, long item, Duration running) implements News {}

  /**
   * An item says how far it is.
   *
   * @param pid the child
   * @param item its number
   * @param progress what it says
   */
  record Said(long pid, long item, Progress progress) implements News {}

  /**
   * One is gone.
   *
   * @param pid the child
   * @param death how
   * @param age how long it lived
   * @param items how many it ran
   * @param busy for how long it ran them
   * @param reason why
   */
  record Gone(long pid, Death death, Duration age, long items, Duration busy, ExitReason reason)
      implements News {}

  /** Writes it. */
  static void put(Packer out, News news) {
    if (news instanceof Spawned s) {
      out.put((byte) 0).put(s.pid).put(s.starting);
    } else if (news instanceof Unborn u) {
      out.put((byte) 1).put(u.pid);
      Deaths.put(out, u.death);
      out.put(u.starting);
    } else if (news instanceof Begun b) {
      out.put((byte) 2).put(b.pid).put(b.item);
    } else if (news instanceof Slow s) {
      out.put((byte) 3).put(s.pid).put(s.item).put(s.running);
    } else if (news instanceof Said s) {
      out.put((byte) 4).put(s.pid).put(s.item);
      out.put(s.progress.fraction().orElse(-1)).put(s.progress.note());
    } else if (news instanceof Gone g) {
      out.put((byte) 5).put(g.pid);
      Deaths.put(out, g.death);
      out.put(g.age).put(g.items).put(g.busy).put((byte) g.reason.ordinal());
    }
  }

  /** Reads it. */
  static News read(Unpacker in) throws ProtocolException {
    byte code = in.readByte();
    long pid = in.readLong();
    return switch (code) {
      case 0 -> new Spawned(pid, in.readDuration());
      case 1 -> new Unborn(pid, Deaths.read(in), in.readDuration());
      case 2 -> new Begun(pid, in.readLong());
      case 3 -> new Slow(pid, in.readLong(), in.readDuration());
      case 4 -> new Said(pid, in.readLong(), readProgress(in));
      case 5 ->
          new Gone(
              pid,
              Deaths.read(in),
              in.readDuration(),
              in.readLong(),
              in.readDuration(),
              in.readOneOf(ExitReason.values()));
      default -> throw new ProtocolException("no news have the code " + code);
    };
  }

  private static Progress readProgress(Unpacker in) throws ProtocolException {
    double fraction = in.readDouble();
    try {
      return new Progress(
          fraction == -1 ? OptionalDouble.empty() : OptionalDouble.of(fraction), in.readText());
    } catch (IllegalArgumentException none) {
      throw new ProtocolException("no progress: " + none.getMessage());
    }
  }
}
