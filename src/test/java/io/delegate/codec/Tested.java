package io.delegate.codec;

import io.delegate.Codec;
import java.util.List;
import java.util.stream.Stream;

/** The codecs that every test of codecs is for. */
final class Tested {
  private Tested() {}

  static Stream<Codec> all() {
    return Stream.concat(Stream.of(new JdkCodec()), withALibrary().stream());
  }

  static List<Codec> withALibrary() {
    return List.of(new FstCodec(), new KryoCodec(), new ForyCodec());
  }

  /** The first byte of what did not go through Java serialization. */
  static byte format(Codec codec) {
    return codec instanceof FstCodec
        ? FstCodec.FST
        : codec instanceof KryoCodec ? KryoCodec.KRYO : ForyCodec.FORY;
  }
}
