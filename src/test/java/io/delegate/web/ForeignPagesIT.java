package io.delegate.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.NothingLeft;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A page that somebody opens in a browser reaches all that the browser reaches. */
@ExtendWith({NothingLeft.class, NoLeak.class})
class ForeignPagesIT {
  private static final String APP = "https://app.example";
  @TempDir Path tmp;

  private static String ask(WebServer server, String method, String host, String... headers)
      throws IOException {
    String head =
        method
            + " /work HTTP/1.1\r\nHost: "
            + host
            + "\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nConnection: close\r\n"
            + String.join("\r\n", headers)
            + (headers.length == 0 ? "\r\n" : "\r\n\r\n");
    try (WebClient client = server.connect()) {
      return client.send((head + "\"one\"").getBytes(StandardCharsets.UTF_8)).rest();
    }
  }

  @Test
  void theyRunNothing() throws Exception {
    try (WebServer server = new WebServer(Works.tellingIn(tmp))) {
      String[][] foreign = {
        {"localhost", "Origin: https://evil.example"},
        {"localhost", "Origin: null"},
        {"localhost", "Sec-Fetch-Site: cross-site"},
        {"localhost:" + server.port(), "Origin: http://localhost:1", "Sec-Fetch-Site: same-site"},
        {"evil.example:" + server.port()},
        {"evil.example", "Origin: http://evil.example", "Sec-Fetch-Site: same-origin"},
        {"localhost\r\nHost: evil.example"},
      };
      for (String[] request : foreign) {
        String[] headers = java.util.Arrays.copyOfRange(request, 1, request.length);
        assertThat(ask(server, "POST", request[0], headers))
            .as("%s", (Object) request)
            .startsWith("HTTP/1.1 403 Forbidden")
            .contains("content-type: application/problem+json", "\"status\":403")
            .containsAnyOf("allowedOrigins can name that", "allowedHosts can name that")
            .doesNotContainIgnoringCase("access-control");
      }
      assertThat(tmp).isEmptyDirectory();
      assertThat(ask(server, "POST", "localhost")).contains("\"result\":\"ONE\"");
      String own = "http://127.0.0.1:" + server.port();
      assertThat(ask(server, "POST", own.substring(7), "Origin: " + own)).contains("ONE");
    }
  }

  @Test
  void thoseThatAreAllowedAreToldThatTheyAre() throws Exception {
    try (WebServer server =
        new WebServer(Works::mixed, o -> o.allowedOrigins(APP).allowedHosts("work.example"))) {
      String question =
          ask(
              server,
              "OPTIONS",
              "work.example",
              "Origin: " + APP,
              "Sec-Fetch-Site: cross-site",
              "Access-Control-Request-Method: POST");
      assertThat(question)
          .startsWith("HTTP/1.1 204 ")
          .contains(
              "access-control-allow-origin: " + APP,
              "access-control-allow-methods: POST",
              "access-control-allow-headers: content-type",
              "vary: origin");
      String answer = ask(server, "POST", "work.example", "Origin: " + APP);
      assertThat(answer).startsWith("HTTP/1.1 200 ").contains("allow-origin: " + APP, "ONE");
      String wrong = ask(server, "PUT", "work.example", "Origin: " + APP);
      assertThat(wrong).startsWith("HTTP/1.1 405 ").contains("allow-origin: " + APP);
      assertThat(ask(server, "OPTIONS", "work.example", "Origin: https://evil.example"))
          .startsWith("HTTP/1.1 403 ");
      assertThat(ask(server, "OPTIONS", "localhost"))
          .startsWith("HTTP/1.1 405 ")
          .contains("allow: POST");
    }
  }

  /** An answer to HEAD ends with its head, or what follows is taken for the next answer. */
  @Test
  void headIsAnsweredWithoutABody() throws Exception {
    try (WebServer server = new WebServer(Works::mixed)) {
      assertThat(ask(server, "HEAD", "localhost"))
          .startsWith("HTTP/1.1 405 ")
          .contains("allow: POST", "content-length: ")
          .endsWith("\n\n")
          .doesNotContain("{");
    }
  }
}
