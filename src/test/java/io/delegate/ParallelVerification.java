package io.delegate;

import io.delegate.conformance.Environments;
import io.delegate.conformance.Jobs;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.flow.support.Function;
import org.testng.annotations.Test;
import reactor.core.publisher.Flux;

/** Children of its own for every subscriber. */
public class ParallelVerification extends PublisherVerification<Outcome<Integer, Integer>> {

  public ParallelVerification() {
    super(Environments.generous(), Environments.GC_MILLIS);
  }

  @Override
  public Publisher<Outcome<Integer, Integer>> createPublisher(long elements) {
    return Environments.items(elements).transform(Delegate.parallel(Jobs::triple, 2));
  }

  @Override
  public Publisher<Outcome<Integer, Integer>> createFailedPublisher() {
    return Flux.<Integer>error(new IllegalStateException("upstream"))
        .transform(Delegate.parallel(Jobs::triple, 2));
  }

  /** A hundred times two JVMs would take a minute, and show no more. */
  @Override
  public void stochasticTest(int n, Function<Integer, Void> body) throws Throwable {
    super.stochasticTest(Math.min(n, 10), body);
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
