package io.delegate.codec;

import com.esotericsoftware.kryo.Kryo;
import com.esotericsoftware.kryo.Serializer;
import com.esotericsoftware.kryo.io.Input;
import com.esotericsoftware.kryo.io.Output;
import java.io.IOException;
import org.objenesis.instantiator.ObjectInstantiator;
import org.objenesis.strategy.StdInstantiatorStrategy;

/**
 * The fields of a plain class. Kryo's own serializer of fields puts in whatever it reads, without a
 * look at its type, which damaged input could turn into a crash of the JVM; this one asks the
 * field.
 */
final class KryoFields extends Serializer<Object> {
  private final PlainShape shape;
  private final ObjectInstantiator<?> maker;

  KryoFields(PlainShape shape) {
    this.shape = shape;
    this.maker = new StdInstantiatorStrategy().newInstantiatorOf(shape.type());
  }

  @Override
  public void write(Kryo kryo, Output output, Object value) {
    try {
      shape.write((KryoOutput) output, value);
    } catch (IOException e) {
      throw Fence.<RuntimeException>unchecked(e);
    }
  }

  @Override
  public Object read(Kryo kryo, Input input, Class<? extends Object> type) {
    Object value = maker.newInstance();
    kryo.reference(value);
    try {
      shape.read((KryoInput) input, value);
    } catch (Exception e) {
      throw Fence.<RuntimeException>unchecked(e);
    }
    return value;
  }
}
