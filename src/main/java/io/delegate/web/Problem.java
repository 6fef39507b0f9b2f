package io.delegate.web;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** Why a request is not served, or no further: problem details as in RFC 9457. */
final class Problem extends RuntimeException {
  static final String MEDIA_TYPE = "application/problem+json";

  private static final long serialVersionUID = 1L;
  private static final JsonFactory JSON = new JsonFactory();

  private final ProblemKind kind;
  private final String detail;

  /** Beyond what the RFC names: numbers, such as the line, and texts. */
  private final LinkedHashMap<String, Object> more;

  private Problem(ProblemKind kind, String detail, Map<String, Object> more) {
    super(detail, null, false, false); // the client's, so where we noticed tells nothing
    this.kind = kind;
    this.detail = detail;
    this.more = new LinkedHashMap<>(more);
  }

  static Problem of(ProblemKind kind, String detail) {
    return new Problem(kind, detail, Map.of());
  }

  /** The same with one member more. */
  Problem with(String member, Object value) {
    Problem problem = new Problem(kind, detail, more);
    problem.more.put(member, value);
    return problem;
  }

  ProblemKind kind() {
    return kind;
  }

  /** What goes along with it in a response of its own. */
  Map<String, String> headers() {
    return switch (kind) {
      case METHOD_NOT_ALLOWED -> Map.of("allow", "POST");
      case UNSUPPORTED_MEDIA_TYPE ->
          Map.of("accept-post", MediaTypes.ACCEPTED, "accept-encoding", "identity");
      case BUSY -> Map.of("retry-after", String.valueOf(more.get("retryAfter")));
      default -> Map.of();
    };
  }

  /** The body of a response that is nothing but this. */
  String json() {
    return write(this::writeTo);
  }

  /** The last line of a response that had begun: {@code {"problem":{…}}}. */
  String lastLine() {
    return write(
        json -> {
          json.writeStartObject();
          json.writeFieldName("problem");
          writeTo(json);
          json.writeEndObject();
        });
  }

  private void writeTo(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("type", kind.type());
    json.writeStringField("title", kind.title());
    json.writeNumberField("status", kind.status());
    json.writeStringField("detail", detail);
    for (Map.Entry<String, Object> member : more.entrySet()) {
      if (member.getValue() instanceof Number n) {
        json.writeNumberField(member.getKey(), n.longValue());
      } else {
        json.writeStringField(member.getKey(), member.getValue().toString());
      }
    }
    json.writeEndObject();
  }

  private static String write(Body body) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      body.write(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // text in memory does not
    }
    return text.toString();
  }

  @FunctionalInterface
  private interface Body {
    void write(JsonGenerator json) throws IOException;
  }
}
