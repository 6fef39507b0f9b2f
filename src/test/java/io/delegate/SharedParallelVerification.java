package io.delegate;

import io.delegate.conformance.Environments;
import io.delegate.conformance.Jobs;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.testng.annotations.AfterClass;
import org.testng.annotations.Test;

/** Children shared by all subscribers. */
public class SharedParallelVerification extends PublisherVerification<Outcome<Integer, Integer>> {
  private final ProcessScheduler scheduler = ProcessScheduler.create(2);

  public SharedParallelVerification() {
    super(Environments.generous(), Environments.GC_MILLIS);
  }

  @Override
  public Publisher<Outcome<Integer, Integer>> createPublisher(long elements) {
    return Environments.items(elements).transform(Delegate.parallel(Jobs::triple, scheduler));
  }

  @Override
  public Publisher<Outcome<Integer, Integer>> createFailedPublisher() {
    return Environments.items(1)
        .transform(Delegate.parallel(Jobs.<Integer>unsendable(), scheduler));
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
