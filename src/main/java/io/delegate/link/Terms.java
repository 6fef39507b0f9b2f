package io.delegate.link;

import io.delegate.Deadline;
import io.delegate.wire.ProtocolException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a parent wants its items to be run: what concerns the work. What concerns the machine is the
 * node's affair.
 *
 * @param name the scheduler's
 * @param window items in one child's hands; 0 to follow what they take
 * @param limit how long an item may run; null for ever
 * @param silenceLimit how long without a sign of life; null for ever
 * @param slowLimit after how long listeners are told; null for never
 * @param startLimit how long a child may take to come up
 * @param queueLimit how long an item may wait, here and there together; null for ever
 * @param spares children beyond those needed, or as the losses are
 * @param retries how often an item is run again whose child died
 * @param retryHeap heap of a child that runs one again that had no memory; null for all alike
 * @param maxItems how many items a child runs
 * @param maxMemory resident bytes of a child
 * @param maxAge how old a child may become; null for any age
 * @param idleLimit how long a child may rest; null for ever
 * @param maxFrame largest item or result in bytes
 * @param codec the class of which a child makes its codec
 * @param trusted whether children are
 * @param jvmArgs flags of the children's JVMs, behind the node's own
 * @param initializer run first in each child; null for nothing
 */
public record Terms(
    String name,
    int window,
    @Nullable Deadline limit,
    @Nullable Duration silenceLimit,
    @Nullable Duration slowLimit,
    Duration startLimit,
    @Nullable Duration queueLimit,
    int spares,
    int retries,
    @Nullable String retryHeap,
    long maxItems,
    long maxMemory,
    @Nullable Duration maxAge,
    @Nullable Duration idleLimit,
    int maxFrame,
    String codec,
    boolean trusted,
    List<String> jvmArgs,
    @Nullable Job initializer) {

  /** More than any parent may set. */
  private static final int MOST_SPARES = 4096;

  private static final int LARGEST_WINDOW = 1 << 16;

  private static final Pattern SIZE = Pattern.compile("[1-9]\\d{0,11}[kKmMgG]?");

  void put(Packer out) {
    out.put(name).put(window).putIf(limit, Terms::putDeadline);
    out.putIf(silenceLimit, Packer::put).putIf(slowLimit, Packer::put).put(startLimit);
    out.putIf(queueLimit, Packer::put);
    out.put(spares).put(retries).putIf(retryHeap, Packer::put).put(maxItems).put(maxMemory);
    out.putIf(maxAge, Packer::put).putIf(idleLimit, Packer::put).put(maxFrame).put(codec);
    out.put(trusted).putAll(jvmArgs, Packer::put);
    out.putIf(initializer, (to, job) -> job.put(to));
  }

  static Terms read(Unpacker in) throws ProtocolException {
    Terms terms =
        new Terms(
            in.readText(),
            in.readInt(),
            in.readIf(Terms::readDeadline),
            in.readIf(Terms::readLimit),
            in.readIf(Terms::readLimit),
            readLimit(in),
            in.readIf(Terms::readLimit),
            in.readInt(),
            in.readInt(),
            in.readIf(Unpacker::readText),
            in.readLong(),
            in.readLong(),
            in.readIf(Terms::readLimit),
            in.readIf(Terms::readLimit),
            in.readInt(),
            in.readText(),
            in.readBoolean(),
            in.readAll(Unpacker::readText),
            in.readIf(Job::read));
    if (!terms.areSound()) {
      throw new ProtocolException("terms that no parent has");
    }
    return terms;
  }

  private boolean areSound() {
    return window >= 0
        && window <= LARGEST_WINDOW
        && spares <= MOST_SPARES
        && retries >= 0
        && (retryHeap == null || SIZE.matcher(retryHeap).matches())
        && maxItems > 0
        && maxMemory > 0
        && maxFrame > 0;
  }

  private static Duration readLimit(Unpacker in) throws ProtocolException {
    Duration limit = in.readDuration();
    if (limit.isNegative() || limit.isZero()) {
      throw new ProtocolException("a limit of " + limit);
    }
    return limit;
  }

  private static void putDeadline(Packer out, Deadline limit) {
    out.put(limit.factor()).put(limit.least()).putIf(limit.most(), Packer::put);
  }

  private static Deadline readDeadline(Unpacker in) throws ProtocolException {
    double factor = in.readDouble();
    Duration least = in.readDuration();
    Duration most = in.readIf(Unpacker::readDuration);
    try {
      Deadline limit =
          factor == 0 ? Deadline.of(least) : Deadline.timesMedian(factor).atLeast(least);
      return factor == 0 || most == null ? limit : limit.atMost(most);
    } catch (IllegalArgumentException none) {
      throw new ProtocolException("no deadline: " + none.getMessage());
    }
  }
}
