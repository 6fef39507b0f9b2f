package io.delegate.codec;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One configuration of FST with its output and input. */
final class FstSession extends Session {
  private final FstSettings settings;
  private @Nullable FstOutput output;
  private @Nullable FstInput input;

  FstSession(Sessions.Home home) {
    super(home);
    this.settings = new FstSettings(this);
  }

  @Override
  byte[] encode(Object value) throws IOException {
    FstOutput out = output;
    if (out == null) {
      out = new FstOutput(this, settings);
      output = out;
    }
    return out.encode(value);
  }

  @Override
  @Nullable Object decode(byte[] bytes) throws Exception {
    FstInput in = input;
    if (in == null) {
      in = new FstInput(this, settings);
      input = in;
    }
    return in.decode(bytes);
  }
}
