package io.delegate.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.Delegate;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import io.delegate.Work;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.io.Serializable;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.netty.DisposableServer;

/** Each snippet of the README is compiled, and run, as part of a class that extends this one. */
public class Prelude implements AutoCloseable {
  protected static final Logger log = LoggerFactory.getLogger("readme");
  private static final Duration LONG = Duration.ofSeconds(100);

  protected final List<Path> pictures = List.of(Path.of("pom.xml"), Path.of("README.md"));
  protected final List<Path> morePictures = List.of(Path.of("LICENSE"));
  protected final AtomicInteger deaths = new AtomicInteger();
  protected final MeterRegistry registry = new SimpleMeterRegistry();
  protected final ObservationRegistry observations = ObservationRegistry.create();
  protected final ProcessScheduler scheduler = ProcessScheduler.create(2);
  protected final Flux<Outcome<Path, Thumb>> outcomes =
      Flux.fromIterable(pictures).transform(Delegate.parallel(Thumbs::render, 2));

  private final Deque<AutoCloseable> made = new ArrayDeque<>();

  protected static String slow() {
    return "done";
  }

  /**
   * What whoever copies a snippet would do next with what it makes: subscribe, run an item,
   * connect.
   *
   * @param things what it made
   * @throws Exception if that does not do
   */
  @SuppressWarnings("unchecked")
  protected final void use(Object... things) throws Exception {
    for (Object thing : things) {
      if (thing instanceof AutoCloseable closeable) {
        made.push(closeable);
      } else if (thing instanceof DisposableServer server) {
        made.push(() -> server.disposeNow(LONG));
      }
    }
    for (Object thing : things) {
      if (thing instanceof Publisher<?> publisher) {
        Flux.from(publisher).blockLast(LONG);
      } else if (thing instanceof Future<?> future) {
        future.get(LONG.toSeconds(), TimeUnit.SECONDS);
      } else if (thing instanceof Work<?, ?> work) {
        Outcome<Path, ?> outcome =
            scheduler.submit((Work<Path, ?>) work, pictures.get(0)).block(LONG);
        assertThat(outcome.isSuccess()).as("%s", outcome).isTrue();
      } else if (thing instanceof ProcessScheduler other && !other.isDisposed()) {
        other.spawn(1).block(LONG);
        Work<Integer, Thumb> work = Thumb::square;
        assertThat(other.submit(work, 3).block(LONG).orElseThrow()).isEqualTo(new Thumb(3, 9));
      } else if (thing instanceof UnaryOperator<?> launcher) {
        use(
            ProcessScheduler.builder()
                .launcher((UnaryOperator<List<String>>) launcher)
                .children(1)
                .build());
      } else if (thing instanceof DisposableServer server) {
        new Socket(server.host(), server.port()).close();
      }
    }
  }

  @Override
  public final void close() throws Exception {
    for (AutoCloseable thing : made) {
      thing.close();
    }
    scheduler.close();
  }

  /** A result of the user's own. */
  public record Thumb(int width, int size) implements Serializable {
    static Thumb square(int width) {
      return new Thumb(width, width * width);
    }
  }

  /** A work of the user's own. */
  public static final class Thumbs {
    private Thumbs() {}

    public static Thumb render(Path picture) throws IOException {
      return render(picture, 100);
    }

    public static Thumb render(Path picture, int width) throws IOException {
      return new Thumb(width, (int) Files.size(picture));
    }
  }
}
