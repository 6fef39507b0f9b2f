package recipes;

import io.delegate.Delegate;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import javax.imageio.ImageIO;
import reactor.core.publisher.Flux;

/** Pictures made small, whatever they claim to be. */
final class Thumbnails {
  private Thumbnails() {}

  static byte[] thumbnail(Path picture) throws IOException {
    BufferedImage full = ImageIO.read(picture.toFile());
    if (full == null) {
      throw new IOException("no picture: " + picture.getFileName());
    }
    int width = Math.min(160, full.getWidth());
    int height = Math.max(1, full.getHeight() * width / full.getWidth());
    BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = small.createGraphics();
    graphics.drawImage(full, 0, 0, width, height, null);
    graphics.dispose();
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    ImageIO.write(small, "png", png);
    return png.toByteArray();
  }

  static Flux<Outcome<Path, byte[]>> thumbnails(Flux<Path> pictures) {
    return Flux.using(
        () ->
            ProcessScheduler.builder()
                .children(2)
                .heap("128m") // a picture that wants more is OUT_OF_MEMORY
                .timeout(Duration.ofSeconds(30))
                .jvmArgs("-Djava.awt.headless=true")
                .build(),
        children -> pictures.transform(Delegate.parallel(Thumbnails::thumbnail, children)),
        ProcessScheduler::close);
  }
}
