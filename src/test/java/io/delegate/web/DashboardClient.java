package io.delegate.web;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Predicate;

/** Looks at a dashboard by a plain socket. */
final class DashboardClient implements AutoCloseable {
  /** An event: its name and what it holds. */
  record Told(String name, JsonNode data) {}

  private static final ObjectMapper JSON = new ObjectMapper();

  private final WebClient client;

  private DashboardClient(WebClient client) {
    this.client = client;
  }

  static DashboardClient watch(int port) throws IOException {
    return watch(port, 0);
  }

  static DashboardClient watch(int port, int receiveBuffer) throws IOException {
    WebClient client = new WebClient(port, receiveBuffer);
    return new DashboardClient(client.send(request("/delegate/events", "localhost")));
  }

  static byte[] request(String path, String host) {
    return ("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n")
        .getBytes(StandardCharsets.UTF_8);
  }

  /** The head and the body that has this in it; the connection is cut then. */
  static String get(int port, String path, String host, String last) throws IOException {
    try (WebClient client = new WebClient(port).send(request(path, host))) {
      StringBuilder text = new StringBuilder();
      for (String line = client.line(); line != null; line = client.line()) {
        text.append(line).append('\n');
        if (line.contains(last)) {
          break;
        }
      }
      return text.toString();
    }
  }

  Told next() throws IOException {
    String name = client.lineWith("event: ").substring("event: ".length());
    String data = client.lineWith("data: ").substring("data: ".length());
    return new Told(name, JSON.readTree(data));
  }

  Told until(Predicate<JsonNode> is) throws IOException {
    Told told = next();
    while (!is.test(told.data())) {
      told = next();
    }
    return told;
  }

  void cut() throws IOException {
    client.cut();
  }

  @Override
  public void close() throws IOException {
    client.close();
  }
}
