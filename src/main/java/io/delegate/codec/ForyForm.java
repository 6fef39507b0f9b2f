package io.delegate.codec;

import java.io.IOException;
import org.apache.fory.context.ReadContext;
import org.apache.fory.context.WriteContext;
import org.apache.fory.resolver.TypeResolver;
import org.apache.fory.serializer.Serializer;

/** A {@link Kind} as Fory's serializer. */
@SuppressWarnings({"rawtypes", "unchecked"}) // of whichever class has that kind
final class ForyForm extends Serializer {
  private static final int ANYWHERE = 0; // Fory counts objects, and not bytes

  private final Kind kind;
  private final Session session;

  ForyForm(TypeResolver resolver, Class<?> type, Kind kind, Session session) {
    super(resolver.getConfig(), type);
    this.kind = kind;
    this.session = session;
  }

  @Override
  public void write(WriteContext context, Object value) {
    try {
      Forms.write(new ForyOutput(context, session), kind, value);
    } catch (IOException e) {
      throw Fence.<RuntimeException>unchecked(e);
    }
  }

  @Override
  public Object read(ReadContext context) {
    try {
      return Forms.read(new ForyInput(context, session), kind, ANYWHERE);
    } catch (Exception e) {
      throw Fence.<RuntimeException>unchecked(e);
    }
  }
}
