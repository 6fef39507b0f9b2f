package io.delegate.benchmarks.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.ExecutionCallback;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IExecutorService;
import java.io.Serializable;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.jgroups.Address;
import org.jgroups.JChannel;
import org.jgroups.blocks.MethodCall;
import org.jgroups.blocks.RequestOptions;
import org.jgroups.blocks.RpcDispatcher;

/** x → 3x by the engine's own means: one request and one answer for each item. */
abstract class NoOp implements AutoCloseable {
  private static final long PATIENCE_MILLIS = 60_000;

  abstract CompletionStage<Integer> submit(int item) throws Exception;

  @Override
  public void close() {
    // nothing of its own
  }

  /** Seconds for so many, of which that many are under way at a time. */
  final double seconds(int items, int underWay) throws Exception {
    Semaphore window = new Semaphore(underWay);
    CountDownLatch all = new CountDownLatch(items);
    AtomicLong sum = new AtomicLong();
    long start = System.nanoTime();
    for (int i = 0; i < items; i++) {
      window.acquire();
      submit(i)
          .whenComplete(
              (result, thrown) -> {
                sum.addAndGet(thrown == null ? result : 0);
                window.release();
                all.countDown();
              });
    }
    all.await();
    double seconds = (System.nanoTime() - start) / 1e9;
    if (sum.get() != 3L * items * (items - 1) / 2) {
      throw new IllegalStateException("a wrong sum: " + sum);
    }
    return seconds;
  }

  /** What runs on the node, by JGroups. */
  public static final class Tripler {
    /** Called by name. */
    public int triple(int x) {
      return 3 * x;
    }
  }

  static NoOp jgroups(int port, int first, int members) throws Exception {
    JChannel channel = Engine.channel(port, first);
    RpcDispatcher rpc = new RpcDispatcher(channel, new Tripler());
    channel.connect("no-op");
    while (channel.getView().size() < members) {
      Thread.sleep(10);
    }
    List<Address> others =
        channel.getView().getMembers().stream()
            .filter(member -> !member.equals(channel.getAddress()))
            .toList();
    var triple = Tripler.class.getMethod("triple", int.class);
    RequestOptions options = RequestOptions.SYNC().timeout(PATIENCE_MILLIS);
    return new NoOp() {
      @Override
      CompletionStage<Integer> submit(int item) throws Exception {
        return rpc.callRemoteMethodWithFuture(
            others.get(item % others.size()), new MethodCall(triple, item), options);
      }

      @Override
      public void close() {
        channel.close();
      }
    };
  }

  /** What runs on the node, by Hazelcast. */
  private record Triple(int x) implements Callable<Integer>, Serializable {
    @Override
    public Integer call() {
      return 3 * x;
    }
  }

  static NoOp hazelcast(HazelcastInstance instance) {
    IExecutorService executor = instance.getExecutorService("no-op");
    List<Member> others =
        instance.getCluster().getMembers().stream()
            .filter(member -> !member.localMember())
            .toList();
    return new NoOp() {
      @Override
      CompletionStage<Integer> submit(int item) {
        CompletableFuture<Integer> result = new CompletableFuture<>();
        executor.submitToMember(
            new Triple(item),
            others.get(item % others.size()),
            new ExecutionCallback<Integer>() {
              @Override
              public void onResponse(Integer response) {
                result.complete(response);
              }

              @Override
              public void onFailure(Throwable thrown) {
                result.completeExceptionally(thrown);
              }
            });
        return result;
      }
    };
  }
}
