package io.delegate.codec;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Java serialization that also takes paths and, for a reader with a filter, writes forms. */
final class JdkOutput extends ObjectOutputStream {
  private final boolean forms;

  JdkOutput(OutputStream out, boolean forms) throws IOException {
    super(out);
    this.forms = forms;
    enableReplaceObject(true);
  }

  @Override
  protected @Nullable Object replaceObject(@Nullable Object object) throws IOException {
    if (object instanceof Path path) {
      return PathForm.of(path);
    }
    return forms ? BuiltForm.of(object) : object;
  }
}
