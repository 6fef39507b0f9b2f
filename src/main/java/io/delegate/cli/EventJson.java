package io.delegate.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.delegate.Death;
import io.delegate.Event;
import io.delegate.Outcome;
import io.delegate.Reporter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.function.Consumer;

/** Writes every event as one line of JSON. */
final class EventJson implements Reporter {
  /** In ASCII: stderr is in the encoding of the system, which may have no more than that. */
  private static final JsonFactory JSON =
      new JsonFactoryBuilder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private final PrintWriter to;
  private final Consumer<Event> told;

  /** {@code told}: is told what was written. */
  EventJson(PrintWriter to, Consumer<Event> told) {
    this.to = to;
    this.told = told;
  }

  @Override
  public void event(Event event) {
    to.println(line(event));
    told.accept(event);
  }

  static String line(Event event) {
    StringWriter text = new StringWriter(128);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      write(json, event);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // there is no file behind it
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, Event event) throws IOException {
    if (event instanceof Event.Begin e) {
      name(json, "begin", e.pid());
      json.writeStringField("item", String.valueOf(e.item()));
    } else if (event instanceof Event.Finished e) {
      finished(json, e.outcome());
      millis(json, "waitedMillis", e.waited());
    } else if (event instanceof Event.Load e) {
      load(json, e);
    } else if (event instanceof Event.Spawn e) {
      name(json, "spawn", e.pid());
      millis(json, "startingMillis", e.starting());
    } else if (event instanceof Event.StartFailed e) {
      name(json, "startFailed", e.pid());
      death(json, e.death());
    } else if (event instanceof Event.Exit e) {
      name(json, "exit", e.pid());
      json.writeStringField("reason", e.reason().name());
      json.writeBooleanField("lost", e.reason().isLost());
      death(json, e.death());
      millis(json, "ageMillis", e.age());
      millis(json, "busyMillis", e.busy());
      json.writeNumberField("items", e.items());
    } else if (event instanceof Event.Slow e) {
      name(json, "slow", e.pid());
      json.writeStringField("item", String.valueOf(e.item()));
      millis(json, "runningMillis", e.running());
    } else if (event instanceof Event.Progress e) {
      name(json, "progress", e.pid());
      json.writeStringField("item", String.valueOf(e.item()));
      if (e.progress().fraction().isPresent()) {
        json.writeNumberField("fraction", e.progress().fraction().getAsDouble());
      }
      json.writeStringField("note", e.progress().note());
    } else if (event instanceof Event.Init e) {
      json.writeStringField("event", "init");
      json.writeNumberField("children", e.children());
    } else if (event instanceof Event.Dropped e) {
      json.writeStringField("event", "dropped");
      json.writeNumberField("count", e.count());
    } else if (event instanceof Event.Node e) {
      json.writeStringField("event", "node");
      json.writeNumberField("node", e.number());
      json.writeStringField("name", e.name());
      json.writeNumberField("children", e.children());
      json.writeStringField("why", e.why());
    } else {
      json.writeStringField("event", "cleanup");
    }
  }

  private static void name(JsonGenerator json, String event, long pid) throws IOException {
    json.writeStringField("event", event);
    OutcomeJson.child(json, pid);
  }

  private static void millis(JsonGenerator json, String field, Duration time) throws IOException {
    json.writeNumberField(field, OutcomeJson.millis(time));
  }

  private static void finished(JsonGenerator json, Outcome<?, ?> outcome) throws IOException {
    name(json, "finished", outcome.pid());
    json.writeStringField("item", String.valueOf(outcome.item()));
    json.writeStringField("outcome", OutcomeJson.name(outcome));
    json.writeNumberField("attempt", outcome.attempt());
    millis(json, "tookMillis", outcome.took());
  }

  private static void death(JsonGenerator json, Death death) throws IOException {
    json.writeStringField("cause", death.cause().name());
    json.writeNumberField("exitCode", death.exitCode());
    json.writeStringField("signal", death.signal().orElse(null));
  }

  private static void load(JsonGenerator json, Event.Load load) throws IOException {
    json.writeStringField("event", "load");
    json.writeNumberField("starting", load.starting());
    json.writeNumberField("idle", load.idle());
    json.writeNumberField("busy", load.busy());
    json.writeNumberField("waiting", load.waiting());
    json.writeNumberField("inHand", load.inHand());
    json.writeNumberField("sent", load.sent());
    json.writeNumberField("received", load.received());
  }
}
