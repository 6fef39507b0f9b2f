package io.delegate.engine;

import io.delegate.process.LaunchSpec;
import io.delegate.wire.WorkFrame;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What tests of single classes of the engine need of the others. */
final class Fakes {
  private Fakes() {}

  static final Source NO_SOURCE =
      new Source() {
        @Override
        public @Nullable Flight poll() {
          return null;
        }

        @Override
        public @Nullable Flight peek() {
          return null;
        }

        @Override
        public boolean answer(Answer answer) {
          return false;
        }

        @Override
        public void tellAnswers() {}

        @Override
        public void fail(Throwable why) {}

        @Override
        public void discard(Flight flight) {}

        @Override
        public void roomChanged() {}

        @Override
        public boolean isCancelled() {
          return false;
        }

        @Override
        public boolean enter() {
          return true;
        }

        @Override
        public void leave() {}
      };

  static Flight flight(Object item, long index) {
    Shipped work =
        new Shipped(
            new WorkFrame(1, List.of(), new byte[0]),
            Fakes.class.getClassLoader(),
            NoCodec.INSTANCE);
    return new Flight(NO_SOURCE, item, work, new byte[0], index, 0);
  }

  static LaunchSpec launch() {
    return new LaunchSpec(
        Path.of(System.getProperty("java.home")),
        List.of(),
        Map.of(),
        null,
        null,
        false,
        null,
        1,
        List.of(),
        null,
        true,
        List.of(),
        "io.delegate.worker.Main",
        command -> command,
        Fakes.class.getClassLoader());
  }
}
