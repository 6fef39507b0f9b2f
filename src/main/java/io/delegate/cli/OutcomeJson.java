package io.delegate.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import io.delegate.ChildId;
import io.delegate.Death;
import io.delegate.Outcome;
import io.delegate.Outcome.Aborted;
import io.delegate.Outcome.Failure;
import io.delegate.Outcome.Success;
import io.delegate.Outcome.TimedOut;
import io.delegate.RemoteError;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An outcome as one line of JSON. */
final class OutcomeJson {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN).build();

  private OutcomeJson() {}

  /** The line in UTF-8, with its end; it names the file that the result is in, if it is in one. */
  static byte[] line(Outcome<String, String> outcome, @Nullable Path file) throws IOException {
    // through a String: half a surrogate pair becomes a question mark, where bytes would refuse it
    StringWriter text = new StringWriter(256);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("item", outcome.item());
      json.writeStringField("outcome", name(outcome));
      child(json, outcome.pid());
      json.writeNumberField("tookMillis", millis(outcome.took()));
      json.writeNumberField("attempt", outcome.attempt());
      if (file == null) {
        writeRest(json, outcome);
      } else {
        json.writeStringField("file", file.toString());
      }
      json.writeEndObject();
    }
    return text.append('\n').toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Milliseconds with up to three places. */
  static BigDecimal millis(Duration time) {
    BigDecimal seconds =
        BigDecimal.valueOf(time.getSeconds()).add(BigDecimal.valueOf(time.getNano() / 1000, 6));
    BigDecimal millis = seconds.movePointRight(3).stripTrailingZeros();
    return millis.scale() < 0 ? millis.setScale(0) : millis;
  }

  static String name(Outcome<?, ?> outcome) {
    if (outcome instanceof Success) {
      return "success";
    }
    if (outcome instanceof Failure) {
      return "failure";
    }
    return outcome instanceof Aborted ? "aborted" : "timedOut";
  }

  private static void writeRest(JsonGenerator json, Outcome<String, String> outcome)
      throws IOException {
    if (outcome instanceof Success<String, String> s) {
      json.writeFieldName("result");
      json.writeRawValue(s.result() == null ? "null" : s.result()); // JSON since the child
    } else if (outcome instanceof Failure<String, String> f) {
      write(json, f.error());
    } else if (outcome instanceof Aborted<String, String> a) {
      write(json, a.death());
    } else if (outcome instanceof TimedOut<String, String> t) {
      json.writeNumberField("limitMillis", millis(t.limit()));
      json.writeStringField("limit", t.which().option());
      json.writeStringField("threadDump", t.threadDump());
    }
  }

  private static void write(JsonGenerator json, RemoteError error) throws IOException {
    json.writeObjectFieldStart("error");
    json.writeStringField("type", error.type());
    json.writeStringField("message", error.message());
    json.writeStringField("stackTrace", error.stackTrace());
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Death death) throws IOException {
    json.writeObjectFieldStart("death");
    json.writeNumberField("exitCode", death.exitCode());
    json.writeStringField("signal", death.signal().orElse(null)); // null is written as such
    json.writeStringField("cause", death.cause().name());
    json.writeStringField("crash", death.crash().isEmpty() ? null : death.crash());
    json.writeStringField("stderrTail", death.stderrTail());
    json.writeNumberField("peakMemory", death.peakMemory());
    json.writeNumberField("ageMillis", millis(death.age()));
    json.writeNumberField("served", death.served());
    json.writeArrayFieldStart("escaped");
    for (long pid : death.escaped()) {
      json.writeNumber(pid);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /** Its process, and the number of its node where it is not of this machine. */
  static void child(JsonGenerator json, long pid) throws IOException {
    json.writeNumberField("pid", ChildId.process(pid));
    if (ChildId.node(pid) != 0) {
      json.writeNumberField("node", ChildId.node(pid));
    }
  }
}
