package io.delegate.link;

import io.delegate.wire.ProtocolException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a parent and a node say to each other. The first two go without a link; all others belong to
 * one, and are in order there.
 */
public sealed interface Message
    permits Job,
        Message.Ask,
        Message.Here,
        Message.Open,
        Message.Piece,
        Message.Forget,
        Message.Begin,
        Message.Items,
        Message.End,
        Message.Bye,
        Message.Opened,
        Message.Refused,
        Message.Want,
        Message.Answers,
        Message.Back,
        Message.Room,
        Message.Failed,
        Message.Gone,
        Message.Ping,
        Message.Recall,
        Message.Follow,
        Message.Happened {
  /** What a message, item or answer takes besides its value. */
  int EACH = 64;

  /** Writes all but what kind it is. */
  void put(Packer out);

  /**
   * About how many bytes it takes, where it waits with others to go together; files go piece by
   * piece, beside them.
   *
   * @return bytes
   */
  default long weight() {
    return EACH;
  }

  /** To anybody: who is a node? */
  record Ask() implements Message {
    @Override
    public void put(Packer out) {}
  }

  /**
   * To anybody: here is a node.
   *
   * @param name for people
   * @param children how many it has
   * @param time counts what this node has said of its links: messages may come late
   * @param links those of the member this goes to that have not ended
   */
  record Here(String name, int children, long time, List<LinkId> links) implements Message {
    @Override
    public void put(Packer out) {
      out.put(name)
          .put(children)
          .put(time)
          .putAll(links, (to, l) -> to.put(l.parent()).put(l.count()));
    }

    static Here read(Unpacker in) throws ProtocolException {
      return new Here(
          in.readText(),
          in.readInt(),
          in.readLong(),
          in.readAll(part -> new LinkId(part.readLong(), part.readLong())));
    }
  }

  /**
   * A parent begins.
   *
   * @param version of Delegate
   * @param terms how items are to be run
   * @param classPath of the children
   */
  record Open(String version, Terms terms, List<Jar> classPath) implements Message {
    @Override
    public void put(Packer out) {
      out.put(version);
      terms.put(out);
      out.putAll(classPath, Job::putJar);
    }

    @Override
    public long weight() {
      Job first = terms.initializer();
      return (long) EACH * (1 + classPath.size()) + (first == null ? 0 : first.weight());
    }
  }

  /**
   * A part of a file that was wanted; the parts come in order.
   *
   * @param digest which file
   * @param bytes the next of it
   * @param last whether that is its end
   */
  record Piece(Digest digest, byte[] bytes, boolean last) implements Message {
    @Override
    public void put(Packer out) {
      out.put(digest).put(bytes).put(last);
    }
  }

  /**
   * A work is not used any more.
   *
   * @param job its number
   */
  record Forget(int job) implements Message {
    @Override
    public void put(Packer out) {
      out.put(job);
    }
  }

  /**
   * A stream of items begins.
   *
   * @param stream its number, never used again on the same link
   * @param job the work for its items
   */
  record Begin(long stream, int job) implements Message {
    @Override
    public void put(Packer out) {
      out.put(stream).put(job);
    }
  }

  /**
   * Items to run, each of which may begin at once.
   *
   * @param stream whose they are
   * @param items in the order in which they are to begin
   */
  record Items(long stream, List<Item> items) implements Message {
    @Override
    public void put(Packer out) {
      out.put(stream).putAll(items, (to, item) -> item.put(to));
    }

    @Override
    public long weight() {
      return EACH + items.stream().mapToLong(item -> EACH + item.value().length).sum();
    }
  }

  /**
   * An item.
   *
   * @param number on this link, one more than that of the item before
   * @param attempts how often it has run elsewhere
   * @param waited for how long it has waited for a child, in ns; 0 where nobody wants to know
   * @param context the frame of what it takes along, if anything
   * @param value in its form on the wire
   */
  record Item(long number, int attempts, long waited, byte @Nullable [] context, byte[] value) {
    void put(Packer out) {
      out.put(number).put(attempts).put(waited).putIf(context, Packer::put).put(value);
    }

    static Item read(Unpacker in) throws ProtocolException {
      return new Item(
          in.readLong(),
          in.readInt(),
          in.readLong(),
          in.readIf(Unpacker::readBytes),
          in.readBytes());
    }
  }

  /**
   * A stream has ended, or is cancelled: then what runs for it is killed, and what waits forgotten.
   *
   * @param stream its number
   */
  record End(long stream) implements Message {
    @Override
    public void put(Packer out) {
      out.put(stream);
    }
  }

  /** The parent ends: all that runs for it is killed. */
  record Bye() implements Message {
    @Override
    public void put(Packer out) {}
  }

  /**
   * The node takes items.
   *
   * @param children how many this parent may use now
   * @param room as in {@link Room}
   * @param java the feature version they run on
   * @param time as in {@link Here}
   */
  record Opened(int children, long room, int java, long time) implements Message {
    @Override
    public void put(Packer out) {
      out.put(children).put(room).put(java).put(time);
    }
  }

  /**
   * The node does not, or no longer, work for this parent.
   *
   * @param why for people
   */
  record Refused(String why) implements Message {
    @Override
    public void put(Packer out) {
      out.put(why);
    }
  }

  /**
   * The node does not have these files.
   *
   * @param files which
   */
  record Want(List<Digest> files) implements Message {
    @Override
    public void put(Packer out) {
      out.putAll(files, Packer::put);
    }
  }

  /**
   * What became of items.
   *
   * @param all in the order in which it became known
   */
  record Answers(List<Told> all) implements Message {
    @Override
    public void put(Packer out) {
      out.putAll(all, Told::put);
    }

    @Override
    public long weight() {
      return EACH
          + all.stream()
              .mapToLong(told -> EACH + (told instanceof Told.Answered a ? a.length() : 0))
              .sum();
    }
  }

  /**
   * The parent has room elsewhere for items that wait here: some go {@link Back}, be it none.
   *
   * @param most so many at most
   */
  record Recall(int most) implements Message {
    @Override
    public void put(Packer out) {
      out.put(most);
    }
  }

  /**
   * Items that did not begin and will not.
   *
   * @param items their numbers
   */
  record Back(List<Long> items) implements Message {
    @Override
    public void put(Packer out) {
      out.putAll(items, Packer::put);
    }
  }

  /**
   * The parent may use more or fewer children than before; none where the node is to leave.
   *
   * @param children how many
   * @param room bytes of items that may be there at once, but for one item, which may have more
   */
  record Room(int children, long room) implements Message {
    @Override
    public void put(Packer out) {
      out.put(children).put(room);
    }
  }

  /**
   * A stream cannot go on there, as when no child can be started.
   *
   * @param stream its number
   * @param why for people
   */
  record Failed(long stream, String why) implements Message {
    @Override
    public void put(Packer out) {
      out.put(stream).put(why);
    }
  }

  /**
   * Either side, to see how far away the other is; it says the same back.
   *
   * @param at the time of whoever asked
   * @param back whether it is the answer
   */
  record Ping(long at, boolean back) implements Message {
    @Override
    public void put(Packer out) {
      out.put(at).put(back);
    }
  }

  /**
   * Somebody listens at the parent to what happens to children, or nobody any more.
   *
   * @param on which of the two
   */
  record Follow(boolean on) implements Message {
    @Override
    public void put(Packer out) {
      out.put(on);
    }
  }

  /**
   * Something happened to a child.
   *
   * @param news what
   */
  record Happened(News news) implements Message {
    @Override
    public void put(Packer out) {
      News.put(out, news);
    }
  }

  /** All that ran for this parent is dead. The node's last word. */
  record Gone() implements Message {
    @Override
    public void put(Packer out) {}
  }
}
