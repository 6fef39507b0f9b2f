package io.delegate.codec;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.io.IOException;

/** A {@link Kind} as Kryo's serializer. */
final class KryoForm extends Serializer<Object> {
  private static final int ANYWHERE = 0; // Kryo counts objects, and not bytes

  private final Kind kind;

  KryoForm(Kind kind) {
    this.kind = kind;
  }

  @Override
  public void write(Kryo kryo, Output output, Object value) {
    try {
      ((KryoOutput) output).writeForm(kind, value);
    } catch (IOException e) {
      throw Fence.<RuntimeException>unchecked(e);
    }
  }

  @Override
  public Object read(Kryo kryo, Input input, Class<? extends Object> type) {
    try {
      return Forms.read((KryoInput) input, kind, ANYWHERE);
    } catch (Exception e) {
      throw Fence.<RuntimeException>unchecked(e);
    }
  }
}
