package io.delegate.link;

import io.delegate.Death;
import io.delegate.wire.ProtocolException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Deaths as they are told over a link. */
final class Deaths {
  private Deaths() {}

  static void put(Packer out, Death death) {
    out.put(death.exitCode()).putIf(death.signal().orElse(null), Packer::put);
    out.put((byte) death.cause().ordinal()).put(death.stderrTail()).put(death.crash());
    out.putIf(death.crashReport().map(Path::toString).orElse(null), Packer::put);
    out.put(death.peakMemory()).put(death.age()).put(death.served());
    out.putAll(death.escaped(), Packer::put);
  }

  static Death read(Unpacker in) throws ProtocolException {
    return new Death(
        in.readInt(),
        Optional.ofNullable(in.readIf(Unpacker::readText)),
        in.readOneOf(Death.Cause.values()),
        in.readText(),
        in.readText(),
        Optional.ofNullable(in.readIf(Deaths::readPath)),
        in.readLong(),
        in.readDuration(),
        in.readLong(),
        List.copyOf(in.readAll(Unpacker::readLong)));
  }

  /** On the node's disk, not here. */
  private static Path readPath(Unpacker in) throws ProtocolException {
    try {
      return Path.of(in.readText());
    } catch (IllegalArgumentException none) {
      throw new ProtocolException("no path: " + none.getMessage());
    }
  }
}
