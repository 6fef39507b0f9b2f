package recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.delegate.Death;
import io.delegate.NothingLeft;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.netty.DisposableServer;

/** The recipes do what their page says. That of Apache Tika is a program of its own, in src/it. */
@ExtendWith(NothingLeft.class)
class RecipesIT {
  private static final Duration LONG = Duration.ofSeconds(50);

  @TempDir Path tmp;

  @Test
  void thumbnailsOfGoodPicturesInSpiteOfBadOnes() throws IOException {
    Path good = tmp.resolve("good.png");
    ImageIO.write(new BufferedImage(800, 600, BufferedImage.TYPE_INT_RGB), "png", good.toFile());
    Path text = Files.writeString(tmp.resolve("text.png"), "no picture at all");
    Path bomb = Files.write(tmp.resolve("bomb.png"), header(20_000, 20_000));

    Map<Path, Outcome<Path, byte[]>> outcomes =
        Thumbnails.thumbnails(Flux.just(bomb, text, good)).collectMap(Outcome::item).block(LONG);

    BufferedImage small = ImageIO.read(new ByteArrayInputStream(outcomes.get(good).orElseThrow()));
    assertThat(small.getWidth()).isEqualTo(160);
    assertThat(small.getHeight()).isEqualTo(120);
    assertThat(outcomes.get(text))
        .isInstanceOfSatisfying(
            Outcome.Failure.class,
            failure -> assertThat(failure.error().message()).isEqualTo("no picture: text.png"));
    assertThat(cause(outcomes.get(bomb))).isEqualTo(Death.Cause.OUT_OF_MEMORY);
  }

  /** A PNG that says how large it is, and ends. */
  private static byte[] header(int width, int height) throws IOException {
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    DataOutputStream to = new DataOutputStream(png);
    to.write(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    ByteArrayOutputStream size = new ByteArrayOutputStream();
    DataOutputStream fields = new DataOutputStream(size);
    fields.writeInt(width);
    fields.writeInt(height);
    fields.write(new byte[] {8, 2, 0, 0, 0}); // eight bits each of red, green and blue
    chunk(to, "IHDR", size.toByteArray());
    chunk(to, "IDAT", new byte[] {0x78, (byte) 0x9c, 3, 0, 0, 0, 0, 1});
    chunk(to, "IEND", new byte[0]);
    return png.toByteArray();
  }

  private static void chunk(DataOutputStream to, String type, byte[] data) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(type.getBytes(StandardCharsets.US_ASCII));
    crc.update(data);
    to.writeInt(data.length);
    to.writeBytes(type);
    to.write(data);
    to.writeInt((int) crc.getValue());
  }

  @Test
  void nativeCodeCrashesItsChildOnly() throws Exception {
    Path library = tmp.resolve("libnative.so");
    Path include = Path.of(System.getProperty("java.home"), "include");
    assumeTrue(compiles(library, include), "no C compiler, or no jni.h");
    Path reports = Files.createDirectory(tmp.resolve("reports"));

    try (ProcessScheduler children = Native.children(library, reports)) {
      assertThat(children.submit(Native::at, 42L).block(LONG).orElseThrow()).isEqualTo(42);
      Outcome<Long, Integer> crash = children.<Long, Integer>submit(Native::at, 0L).block(LONG);
      assertThat(crash)
          .isInstanceOfSatisfying(
              Outcome.Aborted.class,
              aborted -> {
                assertThat(aborted.death().cause()).isEqualTo(Death.Cause.NATIVE_CRASH);
                assertThat(aborted.death().crash()).contains("SIGSEGV", "Java_recipes_Native_at");
              });
      assertThat(reports).isNotEmptyDirectory();
      assertThat(children.submit(Native::at, 42L).block(LONG).orElseThrow()).isEqualTo(42);
    }
  }

  private boolean compiles(Path library, Path include) throws InterruptedException {
    try {
      return new ProcessBuilder(
                  "gcc",
                  "-shared",
                  "-fPIC",
                  "-I" + include,
                  "-I" + include.resolve("linux"),
                  "-o",
                  library.toString(),
                  new File("src/test/resources/recipes/native.c").getAbsolutePath())
              .inheritIO()
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aScriptHasItsLimits() {
    try (ProcessScheduler children = Scripts.children()) {
      assertThat(script(children, "[1, 2, 3].map(n => n * n).join()").orElseThrow())
          .isEqualTo("1,4,9");
      assertThat(script(children, "while (true) {}"))
          .isInstanceOfSatisfying(
              Outcome.TimedOut.class,
              timedOut -> assertThat(timedOut.threadDump()).contains("org.mozilla.javascript"));
      assertThat(
              cause(
                  script(
                      children, "let s = 'x'; while (true) { s += s; s.length; s.indexOf('y'); }")))
          .isEqualTo(Death.Cause.OUT_OF_MEMORY);
      assertThat(script(children, "java.lang.System.exit(1)"))
          .isInstanceOfSatisfying(
              Outcome.Failure.class,
              failure -> assertThat(failure.error().message()).contains("\"java\" is not defined"));
    }
  }

  private static Outcome<String, String> script(ProcessScheduler children, String script) {
    return children.<String, String>submit(Scripts::run, script).block(LONG);
  }

  @Test
  void aRequestIsAnItem() throws Exception {
    try (ProcessScheduler children = ProcessScheduler.create(2)) {
      DisposableServer server = WordServer.start(children);
      try {
        HttpResponse<String> words = get(server, "three%20more%20words");
        assertThat(words.statusCode()).isEqualTo(200);
        assertThat(words.body()).isEqualTo("3");
        HttpResponse<String> crash = get(server, "crash");
        assertThat(crash.statusCode()).isEqualTo(500);
        assertThat(crash.body()).isEqualTo("Aborted");
        assertThat(get(server, "again").body()).isEqualTo("1");
      } finally {
        server.disposeNow(LONG);
      }
    }
  }

  private static HttpResponse<String> get(DisposableServer from, String text) throws Exception {
    URI uri = URI.create("http://127.0.0.1:%d/count/%s".formatted(from.port(), text));
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(uri).timeout(LONG).build(), BodyHandlers.ofString());
  }

  private static Death.Cause cause(Outcome<?, ?> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Aborted.class);
    return ((Outcome.Aborted<?, ?>) outcome).death().cause();
  }
}
