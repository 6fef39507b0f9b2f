package io.delegate.benchmarks.peers;

/** The smallest program: prints its number three times over; with a second word it stays. */
final class Hello {
  private Hello() {}

  /**
   * Prints one line.
   *
   * @param args a number; anything more, and it stays until its stdin ends
   */
  public static void main(String[] args) throws Exception {
    System.out.println(3 * Integer.parseInt(args[0]));
    if (args.length > 1) {
      System.in.read();
    }
  }
}
