package io.delegate.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.delegate.Codec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What cannot be encoded is named, with the way that leads there. */
class FieldPathTest {
  static Stream<Codec> codecs() {
    return Tested.all();
  }

  private static Object order(Object owner) {
    var customer = new Samples.Order();
    customer.session.addAll(List.of("a", "b", new Samples.Holder(owner)));
    var order = new Samples.Order();
    order.customer = customer;
    order.session.add(order);
    return order;
  }

  private static void refuses(Codec codec, Object value, String message) {
    assertThatThrownBy(() -> codec.encode(value))
        .isInstanceOf(IOException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void fieldsAndElements(Codec codec) {
    refuses(
        codec,
        order(new Thread()),
        "java.lang.Thread is not serializable, at Samples.Order.customer.session[2].owner");
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void theValueItself(Codec codec) {
    refuses(codec, Optional.of(1), "java.util.Optional is not serializable");
    refuses(codec, new Object(), "java.lang.Object is not serializable");
    refuses(
        codec, new Samples.Closed(null), "io.delegate.codec.Samples$Closed is not serializable");
    refuses(
        codec,
        List.of(1, 2, 3).subList(0, 2),
        "java.util.ImmutableCollections$SubList is not serializable");
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void mapsRecordsAndArrays(Codec codec) {
    var map = new HashMap<String, Object>();
    map.put("key", new Object[] {null, new Samples.Pair<>(1, Optional.empty())});
    refuses(codec, map, "java.util.Optional is not serializable, at HashMap[key][1].second");
    refuses(
        codec,
        Map.of(new Samples.Pair<>(Optional.empty(), 2), 1),
        "java.util.Optional is not serializable, at ImmutableCollections.Map1[key 0].first");
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void whatALambdaCaptured(Codec codec) {
    var captured = new Object();
    Samples.SerializableSupplier<Object> supplier = () -> captured;
    var holder = new Samples.Holder(supplier);
    refuses(
        codec, holder, "java.lang.Object is not serializable, at Samples.Holder.owner.captured[0]");
    refuses(
        codec,
        supplier,
        "java.lang.Object is not serializable, at FieldPathTest.lambda.captured[0]");
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void aLambdaThatIsNotSerializable(Codec codec) {
    Runnable runnable = () -> {};
    assertThatThrownBy(() -> codec.encode(new Samples.Holder(runnable)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("FieldPathTest$$Lambda")
        .hasMessageEndingWith("is not serializable, at Samples.Holder.owner");
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void throwables(Codec codec) {
    var thrown = new RuntimeException("x", new Samples.Failure("y", 1, null));
    thrown.addSuppressed(new HeldException(new Object()));
    refuses(codec, thrown, "java.lang.Object is not serializable, at RuntimeException[0].held");
  }

  @Test
  void endsInGraphsWithoutEnd() {
    List<Object> list = new ArrayList<>();
    for (int i = 0; i < 200_000; i++) {
      list.add(new Samples.Node(list));
    }
    assertThat(FieldPath.to(list, "java.lang.Thread")).isEmpty();
    var node = new Samples.Node(new Thread());
    for (int i = 0; i < 100_000; i++) {
      var before = new Samples.Node(null);
      before.next = node;
      node = before;
    }
    assertThat(FieldPath.to(node, "java.lang.Thread")).isEmpty();
  }

  static final class HeldException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @SuppressWarnings("serial") // the point of it
    private final Object held;

    HeldException(Object held) {
      this.held = held;
    }
  }
}
