package io.delegate.faults;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The forms an order can have on its way: scalars, which need no codec, and what needs one. */
enum Shape {
  NUMBER {
    @Override
    Object wrap(Order o) {
      return (long) o.course() << 56
          | (long) o.deed().ordinal() << 48
          | (long) o.id() << 32
          | (o.arg() & 0xFFFFFFFFL);
    }

    @Override
    Order unwrap(Object item) {
      long bits = (Long) item;
      return new Order(
          (int) (bits >>> 56),
          (int) (bits >>> 32 & 0xFFFF),
          Deed.values()[(int) (bits >>> 48 & 0xFF)],
          (int) bits);
    }
  },
  TEXT {
    @Override
    Object wrap(Order o) {
      return o.course() + ":" + o.id() + ":" + o.deed() + ":" + o.arg();
    }

    @Override
    Order unwrap(Object item) {
      String[] parts = ((String) item).split(":");
      return new Order(
          Integer.parseInt(parts[0]),
          Integer.parseInt(parts[1]),
          Deed.valueOf(parts[2]),
          Integer.parseInt(parts[3]));
    }
  },
  RECORD {
    @Override
    Object wrap(Order o) {
      return o;
    }

    @Override
    Order unwrap(Object item) {
      return (Order) item;
    }
  },
  LIST {
    @Override
    Object wrap(Order o) {
      return new ArrayList<Object>(List.of(o.course(), o.id(), o.deed().name(), o.arg()));
    }

    @Override
    Order unwrap(Object item) {
      List<?> l = (List<?>) item;
      return new Order(
          (Integer) l.get(0),
          (Integer) l.get(1),
          Deed.valueOf((String) l.get(2)),
          (Integer) l.get(3));
    }
  },
  MAP {
    @Override
    Object wrap(Order o) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("order", o);
      map.put("name", o.name());
      return map;
    }

    @Override
    Order unwrap(Object item) {
      return (Order) ((Map<?, ?>) item).get("order");
    }
  };

  abstract Object wrap(Order order);

  abstract Order unwrap(Object item);
}
