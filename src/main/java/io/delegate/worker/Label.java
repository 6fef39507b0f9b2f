package io.delegate.worker;

import java.io.File;
import java.net.URI;
import java.nio.file.Path;
import java.util.UUID;

/** An item as the short text that goes with its lines of output. */
final class Label {
  private static final int LONGEST = 200;

  private Label() {}

  /** Whether its text is cheap, short enough to make, and made without the user's code. */
  static boolean isPlain(Object item) {
    if (item instanceof String || item instanceof Enum) {
      return true;
    }
    Class<?> type = item.getClass();
    if (type.getClassLoader() != null || type.isArray()) {
      return false;
    }
    String room = type.getPackageName();
    return room.equals("java.lang")
        || room.equals("java.time")
        || item instanceof Path
        || item instanceof File
        || item instanceof URI
        || item instanceof UUID;
  }

  /** The text of what is plain, the type of all else. */
  static String brief(Object item) {
    return isPlain(item) ? plain(item) : type(item);
  }

  static String plain(Object item) {
    return clean(item instanceof Enum<?> named ? named.name() : item.toString());
  }

  static String type(Object item) {
    return clean(item.getClass().getSimpleName());
  }

  /** By the user's own method, which may do anything. */
  @SuppressWarnings("CatchingUnchecked")
  static String told(Object item) {
    try {
      return item.getClass().isArray() ? type(item) : clean(String.valueOf(item.toString()));
    } catch (Throwable thrown) { // it is the user's line that matters, not its label
      return type(item);
    }
  }

  private static String clean(String text) {
    String cut = text;
    if (text.length() > LONGEST) {
      boolean pair = Character.isHighSurrogate(text.charAt(LONGEST - 2));
      cut = text.substring(0, pair ? LONGEST - 2 : LONGEST - 1) + '…';
    }
    for (int i = 0; i < cut.length(); i++) {
      if (Character.isISOControl(cut.charAt(i))) {
        return spaced(cut);
      }
    }
    return cut;
  }

  private static String spaced(String text) {
    StringBuilder spaced = new StringBuilder(text);
    for (int i = 0; i < spaced.length(); i++) {
      if (Character.isISOControl(spaced.charAt(i))) {
        spaced.setCharAt(i, ' ');
      }
    }
    return spaced.toString();
  }
}
