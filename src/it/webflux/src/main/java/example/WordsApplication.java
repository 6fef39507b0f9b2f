package example;

import io.delegate.ProcessScheduler;
import java.time.Duration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

@SpringBootApplication
public class WordsApplication {
  public static void main(String[] args) {
    SpringApplication.run(WordsApplication.class, args);
  }

  /** One for all requests; the context closes it, and with it the children. */
  @Bean
  ProcessScheduler children() {
    return ProcessScheduler.builder()
        .children(2)
        .timeout(Duration.ofSeconds(5)) // per item, from its start in the child
        .maxPending(100) // more than that waiting: 503
        .build();
  }
}
