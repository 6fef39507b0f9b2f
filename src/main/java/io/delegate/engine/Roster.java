package io.delegate.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The members of a cluster as a parent knows them: who has been asked whether it is a node, what
 * has come of those that said so, and what may be hoped of each. Used in the fleet's drain.
 *
 * <pre>
 *   a member           is asked                      its word counts   there is hope
 *   stranger           while there are streams       yes               for as long as an answer may take
 *   at work            no                            -                 yes
 *   rests              when its pause is over        no                unless it has refused
 * </pre>
 *
 * There is none of one that could start no child, but while it tries once more: else two that are
 * never at rest together would pass an item to and fro for ever.
 */
final class Roster {
  /** Before a node is tried again whose link has ended; doubled each time. */
  static final long FIRST_PAUSE_MILLIS = 500;

  static final int MOST_DOUBLINGS = 5;

  private static final int MOST_STRIKES = 2;

  private enum State {
    STRANGER,
    AT_WORK,
    RESTS
  }

  private static final class Member {
    State state = State.STRANGER;

    /** Links in a row that have ended before an item was answered. */
    int failures;

    /** It does not want us. */
    boolean refused;

    /** Why it could start no child, if it has answered nothing since; and how often in a row. */
    @Nullable RuntimeException barren;

    int strikes;

    /** When it was asked first since it became a stranger. */
    @Nullable Long askedAt;

    void failed() {
      failures = Math.min(MOST_DOUBLINGS, failures + 1);
    }
  }

  private final Map<String, Member> members = new LinkedHashMap<>();

  /** What members go by in events, gone ones too. */
  private final Map<String, Integer> numbers = new HashMap<>();

  private final long patience;

  /** {@code patience}: how long one that was asked may turn out to be a node, in ns. */
  Roster(long patience) {
    this.patience = patience;
  }

  void joined(String member) {
    members.putIfAbsent(member, new Member());
  }

  void left(String member) {
    members.remove(member);
  }

  boolean contains(String member) {
    return members.containsKey(member);
  }

  int size() {
    return members.size();
  }

  /** The same each time, from 1. */
  int numberOf(String member) {
    return numbers.computeIfAbsent(member, unknown -> numbers.size() + 1);
  }

  /** Whether it makes sense to ask it; then it is taken to be asked now. */
  boolean ask(String member, long now) {
    Member known = members.get(member);
    if (known == null || known.state != State.STRANGER) {
      return false;
    }
    if (known.askedAt == null) {
      known.askedAt = now;
    }
    return true;
  }

  /** Those that were asked and have not said anything. */
  List<String> strangers() {
    List<String> all = new ArrayList<>();
    members.forEach(
        (name, member) -> {
          if (member.state == State.STRANGER) {
            all.add(name);
          }
        });
    return all;
  }

  boolean hasStrangers() {
    return members.values().stream().anyMatch(member -> member.state == State.STRANGER);
  }

  /** Whether it is to be a node for us now, if it says that it is one. */
  boolean mayBegin(String member) {
    Member known = members.get(member);
    return known != null && known.state == State.STRANGER;
  }

  /** It is a node for us. */
  void begins(String member) {
    Member known = Objects.requireNonNull(members.get(member));
    known.state = State.AT_WORK;
    known.askedAt = null;
  }

  /** It has answered an item. */
  void worked(String member) {
    Member known = members.get(member);
    if (known != null) {
      known.failures = 0;
      known.barren = null;
      known.strikes = 0;
      known.refused = false;
    }
  }

  /** It does not want us. */
  void refused(String member) {
    Member known = members.get(member);
    if (known != null) {
      known.failures = MOST_DOUBLINGS;
      known.refused = true;
    }
  }

  /** It cannot start a child. */
  void barren(String member, RuntimeException why) {
    Member known = members.get(member);
    if (known != null) {
      known.failed();
      known.barren = why;
      known.strikes++;
    }
  }

  boolean isBarren(String member) {
    Member known = members.get(member);
    return known != null && known.barren != null;
  }

  /** Whether something may come of one that is at work: each has two tries. */
  boolean mayServe(String member) {
    Member known = members.get(member);
    return known != null && known.state == State.AT_WORK && known.strikes < MOST_STRIKES;
  }

  /**
   * Its link has ended.
   *
   * @return for how many ms it rests; 0 if it is gone
   */
  long rests(String member) {
    Member known = members.get(member);
    if (known == null) {
      return 0;
    }
    long pause = FIRST_PAUSE_MILLIS << known.failures;
    known.failed();
    known.state = State.RESTS;
    return pause;
  }

  /** Its pause is over. */
  void rested(String member) {
    Member known = members.get(member);
    if (known != null && known.state == State.RESTS) {
      known.state = State.STRANGER;
    }
  }

  /** Whether one that rests may do better next time. */
  boolean anyRestsWithHope() {
    return members.values().stream()
        .anyMatch(
            member -> member.state == State.RESTS && member.barren == null && !member.refused);
  }

  /** Until when one that was asked may turn out to be a node; null if none may. */
  @Nullable Long answersUntil(long now) {
    Long until = null;
    for (Member member : members.values()) {
      if (member.state == State.STRANGER && member.barren == null && member.askedAt != null) {
        long end = member.askedAt + patience;
        if (end - now > 0 && (until == null || end - until > 0)) {
          until = end;
        }
      }
    }
    return until;
  }

  boolean anyBarren() {
    return members.values().stream().anyMatch(member -> member.barren != null);
  }

  /** Why the first of those that are barren is; from now on all may be tried once more. */
  RuntimeException giveUp() {
    RuntimeException why = null;
    for (Member member : members.values()) {
      why = why == null ? member.barren : why;
      member.barren = null;
      member.strikes = 0;
    }
    return Objects.requireNonNull(why);
  }
}
