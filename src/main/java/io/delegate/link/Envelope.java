package io.delegate.link;

import io.delegate.wire.ProtocolException;
import java.util.ArrayList;
import java.util.List;

/**
 * What an engine brings at once: messages of one link in one direction.
 *
 * <pre>
 *   0   'D' 'G' 'N', version
 *   4   1 from a parent, 2 from a node
 *   5   the link: 16 bytes, zero for none
 *   21  its number among those of this link and direction, from 1; 0 where it is out of turn
 *   29  messages: code (byte), length (int), parts
 * </pre>
 *
 * @param fromParent or from a node
 * @param link which link
 * @param number one more than that before, or {@link #OUT_OF_TURN}
 * @param messages in order
 */
public record Envelope(boolean fromParent, LinkId link, long number, List<Message> messages) {
  /**
   * The number of one that belongs to no link, or that a parent sends which has given its link up:
   * what it sent before may be missing.
   */
  public static final long OUT_OF_TURN = 0;

  private static final int START = 'D' << 24 | 'G' << 16 | 'N' << 8 | 1;

  /** In the order of their codes, from 1: only ever added to. */
  private static final List<Class<? extends Message>> KINDS =
      List.of(
          Message.Ask.class,
          Message.Here.class,
          Message.Open.class,
          Message.Piece.class,
          Job.class,
          Message.Forget.class,
          Message.Begin.class,
          Message.Items.class,
          Message.End.class,
          Message.Bye.class,
          Message.Opened.class,
          Message.Refused.class,
          Message.Want.class,
          Message.Answers.class,
          Message.Back.class,
          Message.Room.class,
          Message.Failed.class,
          Message.Gone.class,
          Message.Ping.class,
          Message.Recall.class,
          Message.Follow.class,
          Message.Happened.class);

  /**
   * Its bytes.
   *
   * @return a new array
   */
  public byte[] toBytes() {
    Packer out = new Packer();
    out.put(START)
        .put((byte) (fromParent ? 1 : 2))
        .put(link.parent())
        .put(link.count())
        .put(number);
    for (Message message : messages) {
      Packer parts = new Packer();
      message.put(parts);
      out.put((byte) (1 + KINDS.indexOf(message.getClass()))).put(parts.toBytes());
    }
    return out.toBytes();
  }

  /**
   * Reads one.
   *
   * @param bytes from anybody
   * @return the envelope
   * @throws ProtocolException when they are not one
   */
  public static Envelope read(byte[] bytes) throws ProtocolException {
    Unpacker in = new Unpacker(bytes);
    int start = in.readInt();
    if (start != START) {
      throw new ProtocolException(
          start >>> 8 == START >>> 8
              ? "the other side speaks version " + (start & 0xff) + " of the link, this side 1"
              : "no envelope starts with 0x%08x".formatted(start));
    }
    byte side = in.readByte();
    if (side != 1 && side != 2) {
      throw new ProtocolException("neither a parent's nor a node's: " + side);
    }
    LinkId link = new LinkId(in.readLong(), in.readLong());
    long number = in.readLong();
    List<Message> messages = new ArrayList<>();
    while (in.left() > 0) {
      byte code = in.readByte();
      Unpacker parts = in.within(in.readCount());
      messages.add(message(code, parts));
      if (parts.left() > 0) {
        throw new ProtocolException(parts.left() + " bytes behind a message of code " + code);
      }
    }
    return new Envelope(side == 1, link, number, List.copyOf(messages));
  }

  private static Message message(byte code, Unpacker in) throws ProtocolException {
    return switch (code) {
      case 1 -> new Message.Ask();
      case 2 -> Message.Here.read(in);
      case 3 -> new Message.Open(in.readText(), Terms.read(in), in.readAll(Job::readJar));
      case 4 -> new Message.Piece(in.readDigest(), in.readBytes(), in.readBoolean());
      case 5 -> Job.read(in);
      case 6 -> new Message.Forget(in.readInt());
      case 7 -> new Message.Begin(in.readLong(), in.readInt());
      case 8 -> new Message.Items(in.readLong(), in.readAll(Message.Item::read));
      case 9 -> new Message.End(in.readLong());
      case 10 -> new Message.Bye();
      case 11 -> new Message.Opened(in.readInt(), in.readLong(), in.readInt(), in.readLong());
      case 12 -> new Message.Refused(in.readText());
      case 13 -> new Message.Want(in.readAll(Unpacker::readDigest));
      case 14 -> new Message.Answers(in.readAll(Told::read));
      case 15 -> new Message.Back(in.readAll(Unpacker::readLong));
      case 16 -> new Message.Room(in.readInt(), in.readLong());
      case 17 -> new Message.Failed(in.readLong(), in.readText());
      case 18 -> new Message.Gone();
      case 19 -> new Message.Ping(in.readLong(), in.readBoolean());
      case 20 -> new Message.Recall(in.readInt());
      case 21 -> new Message.Follow(in.readBoolean());
      case 22 -> new Message.Happened(News.read(in));
      default -> throw new ProtocolException("no message has the code " + code);
    };
  }
}
