package io.delegate.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.Codec;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CodecThreadsTest {
  private static final int THREADS = 8;
  private static final int ROUNDS = 20;

  static Stream<Codec> codecs() {
    return Tested.all();
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void eightThreadsDoNotDisturbEachOther(Codec codec) throws Exception {
    var pool = Executors.newFixedThreadPool(THREADS);
    try {
      List<Future<Integer>> done = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        done.add(pool.submit(roundTrips(codec)));
      }
      for (Future<Integer> each : done) {
        assertThat(each.get()).isGreaterThan(ROUNDS);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private static Callable<Integer> roundTrips(Codec codec) {
    List<TypesTable.Row> rows = TypesTable.rows();
    ClassLoader loader = CodecThreadsTest.class.getClassLoader();
    return () -> {
      int trips = 0;
      for (int i = 0; i < ROUNDS; i++) {
        for (TypesTable.Row row : rows) {
          if (i > 0 && CodecDamageTest.LARGE.contains(row.name())) {
            continue; // once is enough
          }
          Object value = row.make().get();
          byte[] bytes = codec.encode(value);
          row.check().accept(value, codec.decode(bytes, 0, bytes.length, loader));
          trips++;
        }
      }
      return trips;
    };
  }
}
