package io.delegate.codec;

import org.apache.fory.context.ReadContext;
import org.apache.fory.context.WriteContext;
import org.apache.fory.resolver.TypeResolver;
import org.apache.fory.serializer.Serializer;

/** A {@link Kind} as Fory's serializer. */
@SuppressWarnings({"rawtypes", "unchecked"}) // of whichever class has that kind
final class ForyForm extends Serializer {
  private final Kind kind;
  private final ForyForms forms;

  ForyForm(TypeResolver resolver, Class<?> type, Kind kind, ForyForms forms) {
    super(resolver.getConfig(), type);
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
}
