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
  };

  /** One outcome; its JSON has no line ends. */
  abstract String event(String name, long index, String json);

  /** The end before the time. */
  abstract String problem(Problem problem);

  /** Means nothing, but shows whether anybody is there. */
  abstract String beat();
}
