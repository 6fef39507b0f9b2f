package io.delegate.readme;

import io.delegate.Delegate;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

/** Each snippet of the README is compiled as part of a class that extends this one. */
class Prelude {
  static final Logger log = LoggerFactory.getLogger("readme");

  final List<Path> pictures = List.of(Path.of("pom.xml"), Path.of("README.md"));
  final List<Path> morePictures = List.of(Path.of("LICENSE"));
  final AtomicInteger deaths = new AtomicInteger();
  final MeterRegistry registry = new SimpleMeterRegistry();
  final ObservationRegistry observations = ObservationRegistry.create();
  final ProcessScheduler scheduler = ProcessScheduler.create(2);
  final Flux<Outcome<Path, Thumb>> outcomes =
      Flux.fromIterable(pictures).transform(Delegate.parallel(Thumbs::render, 2));

  static String slow() {
    return "done";
  }

  /** A result of the user's own. */
  record Thumb(int width, int size) implements Serializable {}

  /** A work of the user's own. */
  static final class Thumbs {
    private Thumbs() {}

    static Thumb render(Path picture) throws IOException {
      return render(picture, 100);
    }

    static Thumb render(Path picture, int width) throws IOException {
      return new Thumb(width, (int) Files.size(picture));
    }
  }
}
