package io.delegate;

import io.delegate.conformance.Environments;
import io.delegate.conformance.Jobs;
import java.util.List;
import java.util.Map;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.testng.annotations.AfterClass;

/** A whole batch, one map. */
public class ProcessVerification
    extends PublisherVerification<Map<Integer, Outcome<Integer, Integer>>> {
  private final Parallelizer<Integer, Integer> scheduler = new Parallelizer<>(Jobs::triple);

  public ProcessVerification() {
    super(Environments.generous(), Environments.GC_MILLIS);
  }

  @Override
  public Publisher<Map<Integer, Outcome<Integer, Integer>>> createPublisher(long elements) {
    return scheduler.process(List.of(1, 2, 3));
  }

  @Override
  public Publisher<Map<Integer, Outcome<Integer, Integer>>> createFailedPublisher() {
    return new Parallelizer<Integer, Integer>(Jobs.unsendable()).process(List.of(1));
  }

  @Override
  public long maxElementsFromPublisher() {
    return 1;
  }

  @AfterClass
  public void close() {
    scheduler.close();
  }
}
