package io.delegate.codec;

import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Java serialization that also takes paths. */
final class JdkOutput extends ObjectOutputStream {
  JdkOutput(OutputStream out) throws IOException {
    super(out);
    enableReplaceObject(true);
  }

  @Override
  protected @Nullable Object replaceObject(@Nullable Object object) throws IOException {
    return object instanceof Path path ? PathForm.of(path) : object;
  }
}
