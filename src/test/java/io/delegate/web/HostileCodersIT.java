package io.delegate.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.NothingLeft;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Readers of items and writers of results that throw what nobody is to throw. */
@ExtendWith({NothingLeft.class, NoLeak.class})
class HostileCodersIT {
  private static final String NDJSON = "application/x-ndjson";

  private static WebServer server(ItemReader<String> in, ResultWriter<? super String> out) {
    return new WebServer(
        Works::mixed, in, out, o -> o, WebServer.children().children(1).build(), true);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void anErrorOfTheReaderEndsTheRequest() throws Exception {
    ItemReader<String> odd =
        text -> {
          if (text.equals("odd")) {
            throw new NoClassDefFoundError("some/Module");
          }
          return text;
        };
    try (WebServer server = server(odd, ResultWriter.text())) {
      try (WebClient client = server.connect().post(NDJSON, utf8("odd\n"))) {
        assertThat(client.rest()).startsWith("HTTP/1.1 500 ").contains("some/Module");
      }
      try (WebClient client = server.connect().post(NDJSON, utf8("one\ntwo\n" + "odd\nthree\n"))) {
        assertThat(client.rest()).contains("some/Module").doesNotContain("THREE");
      }
      try (WebClient client = server.connect().post("text/plain", utf8("odd"))) {
        assertThat(client.rest()).startsWith("HTTP/1.1 500 ").contains("some/Module");
      }
      try (WebClient client = server.connect().post("text/plain", utf8("fine"))) {
        client.lineWith("FINE");
      }
    }
  }

  /** Its {@code getMessage} fails, too. */
  private static final class Unspeakable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("nor this");
    }
  }

  @Test
  void whateverTheWriterThrowsIsAFailureOfItsItem() throws Exception {
    ResultWriter<String> odd =
        (result, json) -> {
          switch (result) {
            case "LINK" -> throw new NoClassDefFoundError("some/Module");
            case "MUTE" -> throw new Unspeakable();
            default -> json.writeString(result);
          }
        };
    try (WebServer server = server(ItemReader.text(), odd);
        WebClient client = server.connect().post(NDJSON, utf8("link\none\nmute\ntwo\n"))) {
      for (int i = 0; i < 4; i++) {
        String line = client.lineWith("\"outcome\"");
        if (line.contains("\"n\":0,")) {
          assertThat(line).contains("\"failure\"", "NoClassDefFoundError", "some/Module");
        } else if (line.contains("\"n\":2,")) {
          assertThat(line).contains("\"failure\"", "Unspeakable");
        } else {
          assertThat(line).contains("\"success\"");
        }
      }
    }
  }
}
