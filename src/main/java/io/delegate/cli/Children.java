package io.delegate.cli;

import io.delegate.Outcome;
import reactor.core.publisher.Flux;

/** Where items become outcomes. The results are JSON already. */
interface Children {
  /** One outcome per item. */
  Flux<Outcome<String, String>> outcomes(Flux<String> items);

  /** Stops what is left; nothing is running any more. */
  void close();

  /** Kills what is running, and returns when it is gone; may be called by any thread, again too. */
  void kill();
}
