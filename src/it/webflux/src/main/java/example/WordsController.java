package example;

import io.delegate.Delegate;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import java.util.concurrent.RejectedExecutionException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A client that hangs up cancels what is returned here, and that kills what runs for it. */
@RestController
class WordsController {
  private final ProcessScheduler children;

  WordsController(ProcessScheduler children) {
    this.children = children;
  }

  /** A line of the request. */
  record Line(String text) {}

  /** A line of the response. */
  record Answer(String text, String outcome, Integer words, String why) {
    static Answer of(Outcome<String, Integer> outcome) {
      String kind = outcome.getClass().getSimpleName();
      return outcome.isSuccess()
          ? new Answer(outcome.item(), kind, outcome.orElse(null), null)
          : new Answer(outcome.item(), kind, null, outcome.toString());
    }
  }

  @PostMapping(
      path = "/words",
      consumes = MediaType.APPLICATION_NDJSON_VALUE,
      produces = MediaType.APPLICATION_NDJSON_VALUE)
  Flux<Answer> words(@RequestBody Flux<Line> lines) {
    return lines.map(Line::text).transform(Delegate.parallel(Words::count, children)).map(Answer::of);
  }

  @GetMapping("/words")
  Mono<Answer> words(@RequestParam String text) {
    return children.submit(Words::count, text).map(Answer::of);
  }

  @ExceptionHandler(RejectedExecutionException.class)
  @ResponseStatus(HttpStatus.SERVICE_UNAVAILABLE)
  void tooMuchToDo() {}
}
