package io.delegate.web;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;

/**
 * What the head of a request asks for.
 *
 * @param lines whether each line of the body is an item; else the whole body is one
 * @param type the media type of the response
 */
record Asked(boolean lines, String type) {
  /**
   * Reads it.
   *
   * @throws Problem when it asks for what there is not, or announces too much
   */
  static Asked of(HttpServerRequest request, long maxBodyBytes) {
    HttpHeaders headers = request.requestHeaders();
    if (!request.method().equals(HttpMethod.POST)) {
      throw Problem.of(ProblemKind.METHOD_NOT_ALLOWED, request.method() + " is not POST");
    }
    String type = MediaTypes.of(headers.get(HttpHeaderNames.CONTENT_TYPE));
    boolean lines = type != null && MediaTypes.LINES.contains(type);
    if (!lines && (type == null || !MediaTypes.WHOLE.contains(type))) {
      throw unsupported("Content-Type", headers.get(HttpHeaderNames.CONTENT_TYPE));
    }
    String encoding = headers.get(HttpHeaderNames.CONTENT_ENCODING);
    if (encoding != null && !encoding.strip().equalsIgnoreCase("identity")) {
      throw unsupported("Content-Encoding", encoding);
    }
    String response = MediaTypes.response(headers.getAll(HttpHeaderNames.ACCEPT));
    if (response == null) {
      throw Problem.of(
          ProblemKind.NOT_ACCEPTABLE,
          "there is " + MediaTypes.NDJSON + " and " + MediaTypes.EVENTS);
    }
    if (length(headers) > maxBodyBytes) {
      throw Body.tooLarge(maxBodyBytes);
    }
    return new Asked(lines, response);
  }

  private static Problem unsupported(String header, @Nullable String value) {
    return Problem.of(
        ProblemKind.UNSUPPORTED_MEDIA_TYPE,
        "%s is %s; there is %s, in UTF-8 and not encoded"
            .formatted(header, value == null ? "missing" : value, MediaTypes.ACCEPTED));
  }

  private static long length(HttpHeaders headers) {
    String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
    return length != null && length.matches("\\d{1,18}") ? Long.parseLong(length) : 0;
  }

  Format format() {
    return type.equals(MediaTypes.EVENTS) ? Format.EVENTS : Format.LINES;
  }
}
