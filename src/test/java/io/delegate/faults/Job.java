package io.delegate.faults;

import io.delegate.Task;
import io.delegate.Work;
import java.io.File;

/** The work: notes the begin, does the deed, notes the end. Each course has one of its own. */
record Job(File directory, Shape shape, int course) implements Work<Object, Object> {
  @Override
  public Object apply(Object item) throws Exception {
    Order order = shape.unwrap(item);
    Journal.note(directory, true, order);
    try {
      return order.deed().act(order, shape, Journal.own(directory, order));
    } finally {
      Journal.note(directory, false, order);
    }
  }

  /** Loads what all items need, which is on no item's time then. */
  record Warming() implements Task<Object> {
    @Override
    public Object call() throws Exception {
      Order order = Shape.TEXT.unwrap(Shape.TEXT.wrap(new Order(0, 0, Deed.QUICK, 0)));
      Class.forName(Journal.class.getName());
      return order.deed().act(order, Shape.LIST, new File("."));
    }
  }
}
