package io.delegate.web;

import com.fasterxml.jackson.core.JsonGenerator;
import io.delegate.Death;
import io.delegate.ExitReason;
import java.io.IOException;
import java.util.Optional;

/**
 * A child that is gone and was not asked to go.
 *
 * @param id in the order they came
 * @param stamp the version of the board it was last changed in
 * @param at when, in ns of the board's clock
 * @param pid its process, 0 where there was none
 * @param kind {@code aborted}, {@code timedOut}, {@code exit} where no item was charged, {@code
 *     startFailed}
 * @param item what it ran; empty where that is nothing or not known
 * @param what how it ended, in a line
 * @param dump what its threads did before the kill
 * @param death how it ended, once that is told
 */
record DeathEntry(
    long id,
    long stamp,
    long at,
    long pid,
    String kind,
    String item,
    String what,
    String dump,
    Optional<Death> death) {
  /** Of each text: as much as the library itself keeps of stderr. */
  static final int EVIDENCE = 8 * 1024;

  /** The same, with what is known when the child is gone. */
  DeathEntry with(Death how, long version) {
    String told = what.isEmpty() ? why(how) : what;
    // the lines of an aborted item are only its own, and so better
    Death kept = death.orElse(how);
    return new DeathEntry(id, version, at, pid, kind, item, told, dump, Optional.of(lean(kept)));
  }

  /** The same of any child that is gone; nothing to be told of one that was stopped in peace. */
  static String why(Death how, ExitReason reason) {
    return switch (reason) {
      case IDLE -> "had nothing to do";
      case RECYCLED -> "made room for a fresh one";
      case SHRUNK -> "not needed any more";
      case STOPPED -> "";
      case CANCELLED -> "killed: its item was cancelled";
      case TIMED_OUT -> "killed: its item took too long";
      default -> why(how);
    };
  }

  /** In few words, without what is evidence. */
  static String why(Death how) {
    return switch (how.cause()) {
      case EXIT -> "exit code " + how.exitCode();
      case SIGNAL -> how.signal().map(signal -> "killed by " + signal).orElse("killed");
      case OUT_OF_MEMORY -> "out of memory";
      case NATIVE_CRASH -> "crashed in native code";
      case START_FAILED -> "never came up";
      case NODE_LOST -> "its node was lost";
      case PROTOCOL -> "broke the rules of the channel";
    };
  }

  /** Without what is longer than it may be. */
  static Death lean(Death how) {
    return new Death(
        how.exitCode(),
        how.signal(),
        how.cause(),
        ShortText.tail(how.stderrTail(), EVIDENCE),
        ShortText.cut(how.crash(), EVIDENCE),
        how.crashReport(),
        how.peakMemory(),
        how.age(),
        how.served(),
        how.escaped().subList(0, Math.min(how.escaped().size(), 16)));
  }

  void write(JsonGenerator json, boolean evidence) throws IOException {
    json.writeStartObject();
    json.writeNumberField("id", id);
    json.writeNumberField("at", at / 1_000_000);
    json.writeNumberField("pid", pid);
    json.writeStringField("kind", kind);
    json.writeStringField("item", item);
    json.writeStringField("what", what);
    if (death.isPresent()) {
      write(json, death.get(), evidence);
    }
    if (evidence && !dump.isEmpty()) {
      json.writeStringField("dump", dump);
    }
    json.writeEndObject();
  }

  private static void write(JsonGenerator json, Death how, boolean evidence) throws IOException {
    json.writeStringField("cause", how.cause().name());
    json.writeNumberField("exitCode", how.exitCode());
    if (how.signal().isPresent()) {
      json.writeStringField("signal", how.signal().get());
    }
    json.writeNumberField("age", how.age().toMillis());
    json.writeNumberField("served", how.served());
    json.writeNumberField("peakMemory", how.peakMemory());
    json.writeArrayFieldStart("escaped");
    for (long process : how.escaped()) {
      json.writeNumber(process);
    }
    json.writeEndArray();
    if (evidence) {
      json.writeStringField("crash", how.crash());
      json.writeStringField("stderr", how.stderrTail());
      if (how.crashReport().isPresent()) {
        json.writeStringField("report", how.crashReport().get().toString());
      }
    }
  }
}
