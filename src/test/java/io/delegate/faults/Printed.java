package io.delegate.faults;

/** The lines that items print: each tells whose it is, and shows whether it is whole. */
final class Printed {
  private Printed() {}

  static String line(char stream, Order order, int number) {
    String padding = "x".repeat((order.id() * 37 + number * 11) % 300);
    return "%c|%d|%d|%d|%s|.".formatted(stream, order.course(), order.id(), number, padding);
  }
}
