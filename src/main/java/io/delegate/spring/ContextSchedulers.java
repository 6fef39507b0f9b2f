package io.delegate.spring;

import io.delegate.Event;
import io.delegate.ProcessScheduler;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;

/**
 * All schedulers that are beans of this context, the user's own among them: whoever wants to follow
 * them does so before anybody else has one in hand.
 */
final class ContextSchedulers implements BeanPostProcessor {
  private static final Logger log = LoggerFactory.getLogger(ContextSchedulers.class);

  private final ObjectProvider<Follower> followers;
  private final Map<String, ProcessScheduler> known = new ConcurrentHashMap<>();

  ContextSchedulers(ObjectProvider<Follower> followers) {
    this.followers = followers;
  }

  List<ProcessScheduler> all() {
    return List.copyOf(known.values());
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String beanName) {
    if (bean instanceof ProcessScheduler scheduler && !known.containsValue(scheduler)) {
      // the names of beans differ, those of schedulers need not
      boolean isFirst = known.putIfAbsent(scheduler.name(), scheduler) == null;
      String name = isFirst ? scheduler.name() : beanName;
      known.put(name, scheduler);
      followers.orderedStream().forEach(follower -> follow(follower, name, scheduler));
    }
    return bean;
  }

  private static void follow(Follower follower, String name, ProcessScheduler scheduler) {
    Consumer<Event> told = follower.follow(name, scheduler);
    if (told != null) { // a subscriber of events costs each item something
      scheduler.events().subscribe(event -> safely(told, event));
    }
  }

  /** What is thrown here would end the subscription. */
  private static void safely(Consumer<Event> told, Event event) {
    try {
      told.accept(event);
    } catch (RuntimeException e) {
      log.warn("{} threw on {}", told, event, e);
    }
  }
}
