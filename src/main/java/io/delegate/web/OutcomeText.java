package io.delegate.web;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.delegate.ChildId;
import io.delegate.Death;
import io.delegate.Outcome;
import io.delegate.Outcome.Aborted;
import io.delegate.Outcome.Failure;
import io.delegate.Outcome.Success;
import io.delegate.Outcome.TimedOut;
import io.delegate.RemoteError;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.time.Duration;

/**
 * An outcome as one JSON object, without line ends: what the command line prints, with the item's
 * position in place of the item.
 */
final class OutcomeText<R> {
  private static final JsonFactory JSON = new JsonFactory();

  private final ResultWriter<? super R> out;
  private final boolean evidence;

  OutcomeText(ResultWriter<? super R> out, boolean evidence) {
    this.out = out;
    this.evidence = evidence;
  }

  /** As an event of that format; a result that cannot be written is a failure of its item. */
  String of(Outcome<?, ? extends R> outcome, long index, Format format) {
    try {
      return format.event(name(outcome), index, json(outcome, index));
    } catch (Throwable e) { // by what a result's own class does, too
      Outcome<?, ? extends R> failure = unwritten(outcome, e);
      try {
        return format.event(name(failure), index, json(failure, index));
      } catch (IOException impossible) {
        throw new IllegalStateException(impossible); // text in memory
      }
    }
  }

  private String json(Outcome<?, ? extends R> outcome, long index) throws IOException {
    StringWriter text = new StringWriter(256);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeNumberField("n", index);
      json.writeStringField("outcome", name(outcome));
      json.writeNumberField("pid", ChildId.process(outcome.pid()));
      if (ChildId.node(outcome.pid()) != 0) {
        json.writeNumberField("node", ChildId.node(outcome.pid()));
      }
      json.writeNumberField("tookMillis", millis(outcome.took()));
      json.writeNumberField("attempt", outcome.attempt());
      writeRest(json, outcome);
      json.writeEndObject();
    }
    // between values a line end is no more than a blank, and inside of strings there is none
    return text.toString().replace('\n', ' ').replace('\r', ' ');
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

  private void writeRest(JsonGenerator json, Outcome<?, ? extends R> outcome) throws IOException {
    if (outcome instanceof Success<?, ? extends R> s) {
      json.writeFieldName("result");
      out.write(s.result(), json);
    } else if (outcome instanceof Failure<?, ? extends R> f) {
      write(json, f.error());
    } else if (outcome instanceof Aborted<?, ? extends R> a) {
      write(json, a.death());
    } else if (outcome instanceof TimedOut<?, ? extends R> t) {
      json.writeNumberField("limitMillis", millis(t.limit()));
      json.writeStringField("limit", t.which().option());
      json.writeStringField("threadDump", shown(t.threadDump()));
    }
  }

  private void write(JsonGenerator json, RemoteError error) throws IOException {
    json.writeObjectFieldStart("error");
    json.writeStringField("type", error.type());
    json.writeStringField("message", error.message());
    json.writeStringField("stackTrace", shown(error.stackTrace()));
    json.writeEndObject();
  }

  private void write(JsonGenerator json, Death death) throws IOException {
    json.writeObjectFieldStart("death");
    json.writeNumberField("exitCode", death.exitCode());
    json.writeStringField("signal", death.signal().orElse(null)); // null is written as such
    json.writeStringField("cause", death.cause().name());
    json.writeStringField("crash", death.crash().isEmpty() ? null : shown(death.crash()));
    json.writeStringField("stderrTail", shown(death.stderrTail()));
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

  private String shown(String text) {
    return evidence ? text : "";
  }

  private static BigDecimal millis(Duration time) {
    BigDecimal millis = BigDecimal.valueOf(time.toNanos() / 1000, 3).stripTrailingZeros();
    return millis.scale() < 0 ? millis.setScale(0) : millis;
  }

  private static <I, R> Outcome<I, R> unwritten(Outcome<I, R> outcome, Throwable e) {
    String message = "";
    String stack = "";
    try { // what it says of itself is the user's, too
      message = e.getMessage() == null ? "" : e.getMessage();
      StringWriter text = new StringWriter();
      e.printStackTrace(new PrintWriter(text, true));
      stack = text.toString();
    } catch (Throwable undescribed) {
      // its name has to do
    }
    return new Failure<>(
        outcome.item(),
        outcome.pid(),
        outcome.took(),
        outcome.attempt(),
        new RemoteError(
            e.getClass().getName(), "the result cannot be written as JSON: " + message, stack));
  }
}
