package example;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Nothing here is about children: what they are stands in application.properties. */
@SpringBootApplication
public class BootApplication {
  public static void main(String[] args) {
    SpringApplication.run(BootApplication.class, args);
  }
}
