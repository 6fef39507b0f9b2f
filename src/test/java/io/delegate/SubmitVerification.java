package io.delegate;

import io.delegate.conformance.Environments;
import io.delegate.conformance.Jobs;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.testng.annotations.AfterClass;

/** One item, one outcome. */
public class SubmitVerification extends PublisherVerification<Outcome<Integer, Integer>> {
  private final ProcessScheduler scheduler = ProcessScheduler.create(2);

  public SubmitVerification() {
    super(Environments.generous(), Environments.GC_MILLIS);
  }

  @Override
  public Publisher<Outcome<Integer, Integer>> createPublisher(long elements) {
    return scheduler.submit(Jobs::triple, 1);
  }

  @Override
  public Publisher<Outcome<Integer, Integer>> createFailedPublisher() {
    return scheduler.submit(Jobs.<Integer>unsendable(), 1);
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
