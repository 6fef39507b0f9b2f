package io.delegate.codec;

import java.io.IOException;
import java.util.zip.CRC32C;
import org.apache.fory.Fory;
import org.apache.fory.memory.MemoryBuffer;
import org.apache.fory.memory.MemoryUtils;
import org.jspecify.annotations.Nullable;

/**
 * One Fory for plain classes, records, enums and arrays, and for what it knows of the JDK's as well
 * as the JDK does. Format, checksum of what follows, what follows.
 */
final class ForySession extends Session {
  private static final int HEAD = 1 + Integer.BYTES;
  private static final int BUFFER = 4_000;
  private static final int KEPT = 1 << 20; // after a larger message, memory is worth more

  /** Deeper than a thread's stack; Fory has a table as long. */
  private static final int DEPTH = 20_000;

  private final ForyForms forms = new ForyForms(this);
  private final Fory fory;
  private MemoryBuffer out = MemoryUtils.buffer(BUFFER);

  ForySession(Sessions.Home home) {
    super(home);
    fory =
        Fory.builder()
            .withXlang(false)
            .withCompatible(false)
            .withRefTracking(true)
            .ignoreStringRef(false)
            .ignoreTimeRef(false)
            .withClassLoader(home.loader())
            .requireClassRegistration(false)
            .suppressClassRegistrationWarnings(true) // it would print to stdout
            .withTypeChecker((resolver, name) -> isHere(name))
            .withCodegen(Sessions.isLasting(home.loader())) // that code outlives its loader
            .withMaxDepth(DEPTH)
            .withMaxGraphMemoryBytes(Long.MAX_VALUE)
            .withMaxUnbackedContainerItems(Integer.MAX_VALUE)
            .withSerializerFactory(forms::serializer)
            .build();
    forms.replace(fory);
  }

  @Override
  byte[] encode(Object value) {
    out.writerIndex(0);
    out.writeByte(ForyCodec.FORY);
    out.writeInt32(0);
    try {
      fory.serialize(out, value);
    } catch (RuntimeException wrapped) {
      throw forms.refused(wrapped);
    } finally {
      forms.done();
    }
    int end = out.writerIndex();
    byte[] bytes = out.getBytes(0, end);
    MemoryUtils.wrap(bytes).putInt32(1, sum(bytes));
    if (end > KEPT) {
      out = MemoryUtils.buffer(BUFFER);
    }
    return bytes;
  }

  @Override
  @Nullable Object decode(byte[] bytes) throws IOException {
    if (bytes.length <= HEAD) {
      throw new DamagedException(bytes.length + " bytes are no value");
    }
    MemoryBuffer in = MemoryUtils.wrap(bytes);
    if (in.getInt32(1) != sum(bytes)) {
      throw new DamagedException("the checksum does not fit");
    }
    in.readerIndex(HEAD);
    Object value = fory.deserialize(in);
    if (in.remaining() != 0) {
      throw new DamagedException(in.remaining() + " bytes too many");
    }
    return value;
  }

  /** Fory would also look where the thread does. What may be read is up to the forms. */
  private boolean isHere(String name) {
    try {
      return classFor(name) != null;
    } catch (ClassNotFoundException missing) {
      throw Fence.<RuntimeException>unchecked(missing);
    }
  }

  private static int sum(byte[] bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, HEAD, bytes.length - HEAD);
    return (int) sum.getValue();
  }
}
