package example;

import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

@RestController
class WordsController {
  private final ProcessScheduler children;

  WordsController(ProcessScheduler children) {
    this.children = children;
  }

  @GetMapping("/words")
  Mono<String> words(@RequestParam String text) {
    return children.submit(Words::count, text).map(WordsController::told);
  }

  /** Two items, one after the other: the second is not there yet when the program is to end. */
  @GetMapping("/twice")
  Mono<String> twice(@RequestParam String dir) {
    return children
        .submit(Words::await, dir)
        .flatMap(first -> children.submit(Words::count, first.orElseThrow()))
        .map(WordsController::told);
  }

  private static String told(Outcome<String, Integer> outcome) {
    return outcome.isSuccess() ? outcome.orElseThrow() + " words" : outcome.toString();
  }
}
