package io.delegate.conformance;

import io.delegate.Delegate;
import io.delegate.Outcome;
import io.delegate.ProcessScheduler;
import java.util.List;
import reactor.core.publisher.Flux;

/** A program of its own that uses the library, for what can only be set at the start of a JVM. */
public final class Parent {
  private Parent() {}

  public static void main(String[] args) {
    try (ProcessScheduler scheduler = ProcessScheduler.create(1)) {
      List<Integer> results =
          Flux.range(0, 5)
              .transform(Delegate.parallelOrdered(Jobs::triple, scheduler))
              .map(Outcome::orElseThrow)
              .collectList()
              .block();
      System.out.println("results " + results);
    } catch (Throwable thrown) {
      System.out.println("thrown " + thrown);
    }
    System.out.println("pid " + ProcessHandle.current().pid());
  }
}
