package io.delegate.faults;

import java.lang.reflect.Field;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a scheduler and all threads look like when nothing moves any more. Not part of judging. */
final class Picture {
  private static final Set<String> TELLING =
      Set.of("Pool", "Dispatcher", "Staff", "Slot", "Child", "Handed", "Flight");
  private static final Set<String> BORING = Set.of("value", "token", "freePlaces", "options");

  private final StringBuilder text = new StringBuilder();

  private Picture() {}

  static String of(Object scheduler, List<Trace> traces) {
    Picture picture = new Picture();
    for (Trace trace : traces) {
      picture.text.append(
          "course %d: %d handed, %d received, end \"%s\"%n"
              .formatted(
                  trace.course.number(), trace.handed.size(), trace.receipts.size(), trace.end));
    }
    picture.draw("scheduler", read(scheduler, "pool"), 1);
    picture.threads();
    return picture.text.toString();
  }

  private void draw(String name, Object thing, int depth) {
    text.append("  ".repeat(depth)).append(name).append(" = ");
    try {
      drawValue(thing, depth);
    } catch (RuntimeException e) { // things may move after all, and some queues show nothing
      text.append(e).append('\n');
    }
  }

  private void drawValue(Object thing, int depth) {
    if (thing instanceof Collection<?> all) {
      text.append(all.size()).append(" of\n");
      all.stream().limit(10).forEach(one -> draw("-", one, depth + 1));
    } else if (thing != null && TELLING.contains(thing.getClass().getSimpleName()) && depth < 6) {
      text.append(thing.getClass().getSimpleName()).append('\n');
      for (Field field : thing.getClass().getDeclaredFields()) {
        boolean back = Set.of("pool", "slot", "watch", "hub").contains(field.getName());
        if (!back && !BORING.contains(field.getName()) && !field.isSynthetic()) {
          draw(field.getName(), read(thing, field.getName()), depth + 1);
        }
      }
    } else {
      String plain = String.valueOf(thing);
      text.append(plain, 0, Math.min(160, plain.length())).append('\n');
      if (thing instanceof Record state) { // the state of a slot
        for (var component : state.getClass().getRecordComponents()) {
          Object part = read(state, component.getName());
          if (part != null && part.getClass().getSimpleName().equals("Child")) {
            draw(component.getName(), part, depth + 1);
          }
        }
      }
    }
  }

  private void threads() {
    for (Map.Entry<Thread, StackTraceElement[]> entry : Thread.getAllStackTraces().entrySet()) {
      text.append('"').append(entry.getKey().getName()).append("\" ");
      text.append(entry.getKey().getState()).append('\n');
      for (StackTraceElement frame : entry.getValue()) {
        text.append("\tat ").append(frame).append('\n');
      }
    }
  }

  private static Object read(Object of, String name) {
    try {
      Field field = of.getClass().getDeclaredField(name);
      field.setAccessible(true);
      return field.get(of);
    } catch (ReflectiveOperationException | RuntimeException e) {
      return e.toString();
    }
  }
}
