package io.delegate.web;

/** How a response is put together. */
enum Format {
  /** One JSON object a line. */
  LINES {
    @Override
    String event(String name, long index, String json) {
      return json + "\n";
    }

    @Override
    String problem(Problem problem) {
      return problem.lastLine() + "\n";
    }

    @Override
    String beat() {
      return "\n";
    }

    @Override
    String probe() {
      return " "; // the next line begins with it, and is JSON as before
    }
  },
  /** Server-sent events. */
  EVENTS {
    @Override
    String event(String name, long index, String json) {
      return "event: " + name + "\nid: " + index + "\ndata: " + json + "\n\n";
    }

    @Override
    String problem(Problem problem) {
      return "event: problem\ndata: " + problem.lastLine() + "\n\n";
    }

    @Override
    String beat() {
      return ":\n\n"; // a comment
    }

    @Override
    String probe() {
      return beat();
    }
  };

  /** One outcome; its JSON has no line ends. */
  abstract String event(String name, long index, String json);

  /** The end before the time. */
  abstract String problem(Problem problem);

  /** Means nothing, but shows that we are here. */
  abstract String beat();

  /** Shows whether anybody is there, and disturbs no reader that did not ask for it. */
  abstract String probe();
}
