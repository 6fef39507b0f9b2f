package io.delegate;

import io.delegate.conformance.Environments;
import io.delegate.conformance.Jobs;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.Test;
import reactor.core.publisher.Flux;

/** Outcomes in order. */
public class ParallelOrderedVerification extends PublisherVerification<Outcome<Integer, Integer>> {
  private final ProcessScheduler scheduler = ProcessScheduler.create(2);

  public ParallelOrderedVerification() {
    super(Environments.generous(), Environments.GC_MILLIS);
  }

  @Override
  public Publisher<Outcome<Integer, Integer>> createPublisher(long elements) {
    return Environments.items(elements)
        .transform(Delegate.parallelOrdered(Jobs::triple, scheduler));
  }

  @Override
  public Publisher<Outcome<Integer, Integer>> createFailedPublisher() {
    return Flux.<Integer>error(new IllegalStateException("upstream"))
        .transform(Delegate.parallelOrdered(Jobs::triple, scheduler));
  }

  @AfterClass
  public void close() {
    scheduler.close();
  }

  @Override
  @Test
  public void
      required_spec313_cancelMustMakeThePublisherEventuallyDropAllReferencesToTheSubscriber()
          throws Throwable {
    Environments.patiently(
        this,
        () ->
            super
                .required_spec313_cancelMustMakeThePublisherEventuallyDropAllReferencesToTheSubscriber());
  }
}
