package io.delegate;

import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The catalogue of what works do to the JVM they run in. Those that start processes or run for ever
 * note the pids: {@code child} and {@code grandchild}.
 */
public enum Misbehaving {
  THROWS_CHECKED {
    @Override
    Object act(Notes notes) throws Exception {
      throw new IOException("the disk is on fire");
    }
  },
  THROWS_ERROR {
    @Override
    Object act(Notes notes) {
      throw new AssertionError("never happens");
    }
  },
  THROWS_WITH_CAUSES {
    @Override
    Object act(Notes notes) {
      throw new IllegalStateException(
          "outer", new IllegalArgumentException("middle", new IOException("inner")));
    }
  },
  /** What it throws cannot be told either: its own methods throw. */
  THROWS_WHAT_THROWS {
    @Override
    Object act(Notes notes) {
      throw new Spiteful();
    }
  },
  EXITS {
    @Override
    Object act(Notes notes) {
      System.exit(7);
      return "not reached";
    }
  },
  EXITS_WITH_ZERO {
    @Override
    Object act(Notes notes) {
      System.exit(0);
      return "not reached";
    }
  },
  HALTS {
    @Override
    Object act(Notes notes) {
      Runtime.getRuntime().halt(137);
      return "not reached";
    }
  },
  /** Its exit waits for a hook that never ends. */
  HANGS_IN_A_SHUTDOWN_HOOK {
    @Override
    Object act(Notes notes) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> sleepForEver()));
      System.exit(0);
      return "not reached";
    }
  },
  /** Returns, but the child will not end when it is asked to. */
  LEAVES_A_SHUTDOWN_HOOK_THAT_HANGS {
    @Override
    Object act(Notes notes) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> sleepForEver()));
      return "returned";
    }
  },
  CRASHES_NATIVELY {
    @Override
    Object act(Notes notes) throws Exception {
      Class<?> type = Class.forName("sun.misc.Unsafe");
      var field = type.getDeclaredField("theUnsafe");
      field.setAccessible(true);
      type.getMethod("putLong", long.class, long.class).invoke(field.get(null), 1L, 1L);
      return "not reached";
    }
  },
  SPINS_IN_A_COUNTED_LOOP {
    @Override
    Object act(Notes notes) {
      notes.sayPid("child");
      while (true) {
        long sum = 0;
        for (int i = 0; i < Integer.MAX_VALUE; i++) {
          sum += i ^ (sum << 1);
        }
        sink = sum;
      }
    }
  },
  SPINS_AND_IGNORES_INTERRUPTS {
    @Override
    Object act(Notes notes) {
      notes.sayPid("child");
      while (true) {
        if (Thread.interrupted()) {
          sink++;
        }
      }
    }
  },
  SLEEPS {
    @Override
    Object act(Notes notes) {
      notes.sayPid("child");
      return sleepForEver();
    }
  },
  IGNORES_INTERRUPTS {
    @Override
    Object act(Notes notes) {
      notes.sayPid("child");
      while (true) {
        try {
          Thread.sleep(100_000);
        } catch (InterruptedException e) {
          sink++;
        }
      }
    }
  },
  STOPS_ITSELF {
    @Override
    Object act(Notes notes) throws Exception {
      notes.sayPid("child");
      new ProcessBuilder("kill", "-STOP", Long.toString(ProcessHandle.current().pid())).start();
      return sleepForEver();
    }
  },
  EATS_THE_HEAP {
    @Override
    Object act(Notes notes) {
      List<long[]> all = new ArrayList<>();
      while (true) {
        all.add(new long[1 << 18]);
        sink = all.size();
      }
    }
  },
  RECURSES {
    @Override
    Object act(Notes notes) {
      return depth(1);
    }
  },
  FLOODS_STDOUT {
    @Override
    Object act(Notes notes) {
      for (int i = 0; i < 20_000; i++) {
        System.out.println("stdout belongs to the user's code, and so does line " + i);
      }
      return "returned";
    }
  },
  FLOODS_STDERR {
    @Override
    Object act(Notes notes) {
      for (int i = 0; i < 20_000; i++) {
        System.err.println("stderr belongs to the user's code, and so does line " + i);
      }
      return "returned";
    }
  },
  /** Bytes that are no text and have no end of line. */
  WRITES_GARBAGE {
    @Override
    Object act(Notes notes) {
      byte[] bytes = new byte[1 << 20];
      new java.util.Random(1).nextBytes(bytes);
      System.out.write(bytes, 0, bytes.length);
      System.out.flush();
      return "returned";
    }
  },
  CLOSES_ITS_STREAMS {
    @Override
    Object act(Notes notes) throws Exception {
      System.in.close();
      System.out.close();
      System.err.close();
      return "returned";
    }
  },
  RETURNS_NULL {
    @Override
    Object act(Notes notes) {
      return null;
    }
  },
  RETURNS_WHAT_CANNOT_BE_SENT {
    @Override
    Object act(Notes notes) {
      return new Box(Map.of("key", List.of("fine", new Thread("not sendable"))));
    }
  },
  RETURNS_TOO_MUCH {
    @Override
    Object act(Notes notes) {
      return new byte[3 << 20];
    }
  },
  INTERRUPTS_ITSELF {
    @Override
    Object act(Notes notes) {
      Thread.currentThread().interrupt();
      return "returned";
    }
  },
  /** Leaves a thread that interrupts the thread of the works, again and again. */
  PESTERS {
    @Override
    Object act(Notes notes) {
      Thread victim = Thread.currentThread();
      Thread pest =
          new Thread(
              () -> {
                while (true) {
                  victim.interrupt();
                  Thread.onSpinWait();
                }
              });
      pest.setDaemon(true);
      pest.start();
      return "returned";
    }
  },
  LEAVES_A_THREAD {
    @Override
    Object act(Notes notes) {
      new Thread(() -> sleepForEver()).start();
      return "returned";
    }
  },
  STARTS_A_CHILD {
    @Override
    Object act(Notes notes) throws Exception {
      shell("sleep 300 & echo $! > draft; mv draft grandchild; wait", notes);
      notes.waitFor("grandchild");
      notes.sayPid("child");
      return sleepForEver();
    }
  },
  /** Leaves its process group, its session and its parents. */
  STARTS_A_DAEMON {
    @Override
    Object act(Notes notes) throws Exception {
      shell("setsid sh -c 'sleep 300 & echo $! > draft; mv draft grandchild' &", notes).waitFor();
      notes.waitFor("grandchild");
      notes.sayPid("child");
      return sleepForEver();
    }
  },
  /** As above, and returns. */
  LEAVES_A_DAEMON {
    @Override
    Object act(Notes notes) throws Exception {
      shell("setsid sh -c 'sleep 300 & echo $! > draft; mv draft grandchild' &", notes).waitFor();
      notes.waitFor("grandchild");
      notes.sayPid("child");
      return "returned";
    }
  };

  static volatile long sink;

  abstract Object act(Notes notes) throws Exception;

  public Task<Object> task(Notes notes) {
    return () -> act(notes);
  }

  /** Three times the item; but at that one item this. */
  Work<Integer, Object> at(int item, Notes notes) {
    return x -> x == item ? act(notes) : (Object) (3 * x);
  }

  private static Object sleepForEver() {
    while (true) {
      try {
        Thread.sleep(100_000);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @SuppressWarnings("InfiniteRecursion") // as was asked for
  private static int depth(int n) {
    return n == Integer.MIN_VALUE ? 0 : depth(n + 1) + depth(n + 2);
  }

  private static Process shell(String script, Notes notes) throws IOException {
    return new ProcessBuilder("sh", "-c", script)
        .directory(notes.directory())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Serializable itself, but not with what it holds. */
  record Box(Map<String, List<Object>> content) implements Serializable {}

  private static final class Spiteful extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("no message for you");
    }

    @Override
    public String toString() {
      throw new IllegalStateException("no text for you");
    }
  }
}
