package io.delegate.codec;

import java.util.Map;
import org.apache.fory.context.ReadContext;
import org.apache.fory.context.WriteContext;
import org.apache.fory.resolver.TypeResolver;
import org.apache.fory.serializer.collection.MapLikeSerializer;

/** A {@link Kind} of map: Fory's code takes no other serializer for one. */
@SuppressWarnings({"rawtypes", "unchecked"}) // of whichever class has that kind
final class ForyMap extends MapLikeSerializer {
  private final Kind kind;
  private final ForyForms forms;

  ForyMap(TypeResolver resolver, Class<?> type, Kind kind, ForyForms forms) {
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
  public Map onMapWrite(WriteContext context, Object value) {
    throw new Refusal(type + " is written as a whole");
  }

  @Override
  public Object onMapRead(Map map) {
    throw new Refusal(type + " is read as a whole");
  }

  @Override
  public Object onMapCopy(Map map) {
    throw new Refusal(type + " is not copied");
  }
}
