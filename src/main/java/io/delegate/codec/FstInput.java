package io.delegate.codec;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nustaq.serialization.FSTClazzInfo.FSTFieldInfo;
import org.nustaq.serialization.FSTObjectInput;
import org.nustaq.serialization.FSTObjectOutput;

/**
 * FST's input for plain classes, with forms of our own ({@link Kind}) for all others. FST puts
 * whatever it reads into fields without a look at their type, which damaged input could turn into a
 * crash of the JVM; so each object is checked against its place here.
 */
final class FstInput extends FSTObjectInput implements FormInput {
  private static final byte[] NOTHING = {};

  private final FstSession session;
  private final FstDecoder decoder;
  private final FSTFieldInfo anything = new FSTFieldInfo(null, null, true);
  private final List<Class<?>> types = new ArrayList<>();

  FstInput(FstSession session, FstSettings settings) {
    super(settings);
    this.session = session;
    this.decoder = (FstDecoder) getCodec();
  }

  @Nullable Object decode(byte[] bytes) throws Exception {
    resetForReuseUseArray(bytes, bytes.length);
    decoder.readFByte(); // the format
    Object value = readAny();
    if (decoder.left() != 0) {
      throw new DamagedException(decoder.left() + " bytes too many");
    }
    types.clear();
    resetForReuseUseArray(NOTHING, 0); // lets go of the objects read
    return value;
  }

  @Override
  public RecordShape shapeOf(Class<?> type) {
    return session.shapeOf(type);
  }

  @Override
  public void readPrimitives(Object array, int length) throws Exception {
    getCodec().readFPrimitiveArray(array, array.getClass().getComponentType(), length);
  }

  @Override
  public @Nullable Object readAny() throws Exception {
    return readObjectWithHeader(anything);
  }

  @Override
  public int readSize(int atLeast) throws IOException {
    return decoder.readSize(atLeast);
  }

  @Override
  public <T> T began(int at, T object) {
    objects.registerObjectForRead(object, at);
    return object;
  }

  @Override
  public Class<?> readType() throws IOException, ClassNotFoundException {
    int number = decoder.readFInt();
    if (number > 0 && number <= types.size()) {
      return types.get(number - 1);
    }
    if (number != 0) {
      throw new DamagedException("class number " + number);
    }
    Class<?> type = session.classFor(decoder.readStringUTF());
    types.add(type);
    return type;
  }

  @Override
  public @Nullable Object readObjectWithHeader(FSTFieldInfo place) throws Exception {
    int at = decoder.getInputPos();
    byte tag = decoder.getBuffer()[at];
    Object value =
        switch (tag) {
          case FstOutput.FORM -> readForm(at);
          case FSTObjectOutput.TYPED -> {
            session.requirePlain(place.getType());
            yield super.readObjectWithHeader(place);
          }
          case FSTObjectOutput.OBJECT,
              FSTObjectOutput.NULL,
              FSTObjectOutput.STRING,
              FSTObjectOutput.HANDLE,
              FSTObjectOutput.BIG_INT,
              FSTObjectOutput.BIG_LONG,
              FSTObjectOutput.BIG_BOOLEAN_FALSE,
              FSTObjectOutput.BIG_BOOLEAN_TRUE ->
              super.readObjectWithHeader(place);
          default -> throw new DamagedException("tag " + tag);
        };
    Class<?> type = place.getType();
    if (type != null && value != null && !type.isInstance(value)) {
      throw new DamagedException(value.getClass() + " where " + type + " belongs");
    }
    return value;
  }

  private @Nullable Object readForm(int at) throws Exception {
    decoder.readFByte(); // the tag
    Kind kind = Kind.of(decoder.readFByte());
    Object value = Forms.read(this, kind, at);
    if (kind.shared() && !kind.early()) {
      began(at, value);
    }
    return value;
  }
}
