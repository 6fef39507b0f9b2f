package io.delegate.codec;

import java.util.Collection;
import org.apache.fory.context.ReadContext;
import org.apache.fory.context.WriteContext;
import org.apache.fory.resolver.TypeResolver;
import org.apache.fory.serializer.collection.CollectionLikeSerializer;

/** A {@link Kind} of collection: Fory's code takes no other serializer for one. */
@SuppressWarnings({"rawtypes", "unchecked"}) // of whichever class has that kind
final class ForyCollection extends CollectionLikeSerializer {
  private final Kind kind;
  private final ForyForms forms;

  ForyCollection(TypeResolver resolver, Class<?> type, Kind kind, ForyForms forms) {
    super(resolver, type, false); // written and read as a whole
    this.kind = kind;
    this.forms = forms;
  }

  @Override
  public void write(WriteContext context, Object value) {
    forms.write(context, kind, value);
  }

  @Override
  public Object read(ReadContext context) {
    return forms.read(context, kind);
  }

  @Override
  public Collection onCollectionWrite(WriteContext context, Object value) {
    throw new Refusal(type + " is written as a whole");
  }

  @Override
  public Object onCollectionRead(Collection collection) {
    throw new Refusal(type + " is read as a whole");
  }
}
