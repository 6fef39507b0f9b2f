package io.delegate.web;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A client on a plain socket, which may do all that a good one does not. */
final class WebClient implements AutoCloseable {
  private final Socket socket = new Socket();
  private final InputStream in;

  WebClient(int port) throws IOException {
    this(port, 0);
  }

  /** With so many bytes for what was not read yet. */
  WebClient(int port, int receiveBuffer) throws IOException {
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.setSoTimeout(50_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** The head of a request in chunks, and no chunk yet. */
  WebClient post(String type, String... headers) throws IOException {
    return send(head("POST", "Content-Type: " + type, "Transfer-Encoding: chunked"), headers);
  }

  /** A whole request. */
  WebClient post(String type, byte[] body, String... headers) throws IOException {
    send(head("POST", "Content-Type: " + type, "Content-Length: " + body.length), headers);
    return send(body);
  }

  static String head(String method, String... headers) {
    return method + " /work HTTP/1.1\r\nHost: localhost\r\n" + lines(headers);
  }

  private static String lines(String... headers) {
    return String.join("", List.of(headers).stream().map(h -> h + "\r\n").toList());
  }

  private WebClient send(String head, String... headers) throws IOException {
    return send((head + lines(headers) + "\r\n").getBytes(StandardCharsets.UTF_8));
  }

  WebClient send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    return this;
  }

  WebClient chunk(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream chunk = new ByteArrayOutputStream();
    chunk.writeBytes(Integer.toHexString(bytes.length).getBytes(StandardCharsets.UTF_8));
    chunk.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
    chunk.writeBytes(bytes);
    chunk.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
    return send(chunk.toByteArray());
  }

  WebClient lastChunk() throws IOException {
    return send("0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
  }

  /** No more will be sent, but all will be read. */
  WebClient closeOutput() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /** Up to its end; null when the connection has ended. */
  String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int b = in.read();
    if (b < 0) {
      return null;
    }
    while (b >= 0 && b != '\n') {
      line.write(b);
      b = in.read();
    }
    return line.toString(StandardCharsets.UTF_8).replace("\r", "");
  }

  /** The next line that has this in it; those before are passed over. */
  String lineWith(String part) throws IOException {
    String line = line();
    while (line != null && !line.contains(part)) {
      line = line();
    }
    if (line == null) {
      throw new AssertionError("the connection has ended without " + part);
    }
    return line;
  }

  /** All that comes until the connection ends. */
  String rest() throws IOException {
    StringBuilder rest = new StringBuilder();
    for (String line = line(); line != null; line = line()) {
      rest.append(line).append('\n');
    }
    return rest.toString();
  }

  /** With a reset: what is under way is lost. */
  void cut() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
