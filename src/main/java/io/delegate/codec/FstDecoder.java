package io.delegate.codec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.nustaq.serialization.FSTClazzNameRegistry;
import org.nustaq.serialization.FSTConfiguration;
import org.nustaq.serialization.coders.FSTStreamDecoder;

/** FST's decoder, with lengths checked against the input and classes found by the session. */
@SuppressWarnings("rawtypes") // FST is older than its generics
final class FstDecoder extends FSTStreamDecoder {
  private static final int WIDE = 255; // the byte before a character of two bytes

  FstDecoder(FSTConfiguration settings, FstSession session) {
    super(settings);
    clnames = new Names(settings.getClassRegistry(), session);
  }

  int left() {
    return getBuffer().length - getInputPos();
  }

  /** Reads how many things follow, each of {@code atLeast} bytes. */
  int readSize(int atLeast) throws IOException {
    int size = readFInt();
    if (size < 0 || (long) size * atLeast > left()) {
      throw new DamagedException(size + " elements claimed in " + left() + " bytes");
    }
    return size;
  }

  @Override
  public String readStringUTF() throws IOException {
    char[] chars = new char[readSize(1)];
    byte[] bytes = getBuffer();
    int at = getInputPos();
    for (int i = 0; i < chars.length; i++) {
      int head = bytes[at++] & 0xff;
      if (head == WIDE) {
        head = bytes[at] & 0xff | (bytes[at + 1] & 0xff) << 8;
        at += 2;
      }
      chars[i] = (char) head;
    }
    moveTo(at);
    return new String(chars);
  }

  @Override
  public String readStringAsc() throws IOException {
    int length = readSize(1);
    int at = getInputPos();
    moveTo(at + length);
    return new String(getBuffer(), at, length, StandardCharsets.ISO_8859_1);
  }

  private static final class Names extends FSTClazzNameRegistry {
    private final FstSession session;

    Names(FSTClazzNameRegistry parent, FstSession session) {
      super(parent);
      this.session = session;
    }

    @Override
    public Class classForName(String name, FSTConfiguration settings)
        throws ClassNotFoundException {
      Class<?> type = session.classFor(name);
      session.requirePlain(type);
      return type;
    }
  }
}
