package io.delegate.web;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.delegate.Event;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What a viewer is told at once.
 *
 * @param version what it has seen with this
 * @param text a server-sent event: {@code snapshot} with all there is, {@code news} with what has
 *     changed since the last
 */
record Frame(long version, String text) {
  private static final JsonFactory JSON = new JsonFactory();

  /** How long a browser waits before it comes back, in ms. */
  private static final int RETRY = 1_000;

  /** With the lock of the board held. */
  static Frame of(Board board, long seen) {
    StringWriter text = new StringWriter(seen == 0 ? 1 << 14 : 1 << 10);
    String name = seen == 0 ? "retry: " + RETRY + "\nevent: snapshot" : "event: news";
    text.append(name).append("\ndata: ");
    // no line ends: inside of strings they are escaped, and between values there is none
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      if (seen == 0) {
        writeFixed(json, board);
      }
      writeNumbers(json, board);
      writeNew(json, board, seen);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // there is no file behind it
    }
    text.append("\n\n");
    return new Frame(board.version, text.toString());
  }

  private static void writeFixed(JsonGenerator json, Board board) throws IOException {
    DashboardOptions options = board.options;
    json.writeStringField("title", options.title());
    json.writeNumberField("wall", board.wall);
    json.writeNumberField("history", options.history().toMillis());
    json.writeNumberField("maxDeaths", options.maxDeaths());
    json.writeNumberField("maxSegments", Board.MAX_SEGMENTS_OF_LANE);
    json.writeBooleanField("evidence", options.evidence());
    Duration limit = options.limit();
    if (limit != null) {
      json.writeNumberField("limit", limit.toMillis());
    }
  }

  private static void writeNumbers(JsonGenerator json, Board board) throws IOException {
    json.writeNumberField("now", board.now() / 1_000_000);
    json.writeNumberField("children", board.children);
    json.writeNumberField("started", board.started);
    json.writeNumberField("lost", board.lost);
    json.writeNumberField("leftOut", board.leftOut);
    json.writeArrayFieldStart("counts");
    for (long count : board.counts) {
      json.writeNumber(count);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("nodes");
    List<Event.Node> nodes = new ArrayList<>(board.nodes.values());
    nodes.sort(Comparator.comparingInt(Event.Node::number));
    for (Event.Node node : nodes) {
      json.writeStartObject();
      json.writeNumberField("number", node.number());
      json.writeStringField("name", ShortText.of(node.name()));
      json.writeNumberField("children", node.children());
      json.writeEndObject();
    }
    json.writeEndArray();
    Event.Load load = board.load;
    if (load != null) {
      json.writeObjectFieldStart("load");
      json.writeNumberField("starting", load.starting());
      json.writeNumberField("idle", load.idle());
      json.writeNumberField("busy", load.busy());
      json.writeNumberField("waiting", load.waiting());
      json.writeNumberField("inHand", load.inHand());
      json.writeEndObject();
    }
  }

  private static void writeNew(JsonGenerator json, Board board, long seen) throws IOException {
    json.writeArrayFieldStart("lanes");
    for (Lane lane : board.lanes) {
      if (lane.isNew(seen)) {
        lane.write(json);
      }
    }
    json.writeEndArray();
    json.writeArrayFieldStart("segments");
    for (Lane lane : board.lanes) {
      for (Segment segment : lane.since(seen)) {
        segment.write(json);
      }
    }
    json.writeEndArray();
    json.writeArrayFieldStart("seconds");
    for (Second second : board.seconds.since(seen, board.now() / 1_000_000_000)) {
      second.write(json);
    }
    json.writeEndArray();
    json.writeArrayFieldStart("deaths");
    for (DeathEntry death : board.deaths.values()) {
      if (death.stamp() > seen) {
        death.write(json, board.options.evidence());
      }
    }
    json.writeEndArray();
  }
}
