package io.delegate.spring;

import io.delegate.ItemObserver;
import io.delegate.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Several observers as one. One that throws is left out for that item; the others are told. */
final class AllObservers implements ItemObserver {
  private static final Logger log = LoggerFactory.getLogger(AllObservers.class);

  private final List<ItemObserver> observers;
  private final AtomicBoolean told = new AtomicBoolean();

  AllObservers(List<ItemObserver> observers) {
    this.observers = List.copyOf(observers);
  }

  @Override
  public Items subscribed(Function<Object, @Nullable Object> context) {
    List<Items> followed = each(observers, observer -> observer.subscribed(context));
    return (item, carried) -> taken(followed, item, carried);
  }

  private Item taken(List<Items> followed, Object item, Map<String, String> carried) {
    List<Item> items = each(followed, all -> all.taken(item, carried));
    return new Item() {
      @Override
      public void ended(Outcome<?, ?> outcome) {
        tell(items, one -> one.ended(outcome));
      }

      @Override
      public void cancelled() {
        tell(items, Item::cancelled);
      }
    };
  }

  private <T, R> List<R> each(List<T> from, Function<T, @Nullable R> what) {
    List<R> all = new ArrayList<>(from.size());
    tell(
        from,
        one -> {
          R made = what.apply(one);
          if (made != null) {
            all.add(made);
          }
        });
    return all;
  }

  private <T> void tell(List<T> all, Consumer<T> what) {
    for (T one : all) {
      try {
        what.accept(one);
      } catch (Throwable thrown) {
        tell(thrown);
      }
    }
  }

  private void tell(Throwable thrown) {
    try {
      if (told.compareAndSet(false, true)) {
        log.warn("an observer of items threw; told once, items go on without it", thrown);
      }
    } catch (Throwable noLog) {
      // a full heap, most likely; the other observers must be told
    }
  }
}
