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
      String name = add(scheduler, beanName);
      followers.orderedStream().forEach(follower -> follow(follower, name, scheduler));
    }
    return bean;
  }

  /**
   * The names of beans differ, those of schedulers need not, and one may be called as a bean is.
   */
  private String add(ProcessScheduler scheduler, String beanName) {
    String name = scheduler.name();
    for (int i = 1; known.putIfAbsent(name, scheduler) != null; i++) {
      name = i == 1 ? beanName : beanName + "-" + i;
    }
    return name;
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
    } catch (Throwable thrown) {
      tell(told, event, thrown);
    }
  }

  private static void tell(Consumer<Event> told, Event event, Throwable thrown) {
    try {
      log.warn("{} threw on {}", told, event, thrown);
    } catch (Throwable noLog) {
      // a full heap, or an item without a text; the others must hear of what comes
    }
  }
}
