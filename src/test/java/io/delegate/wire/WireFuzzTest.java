package io.delegate.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.delegate.Fuzz;
import io.delegate.RemoteError;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged payloads and pages are told as such, whatever they claim. */
class WireFuzzTest {
  private static final int IN_A_MOMENT = 1 << 20; // bytes

  @TempDir Path directory;

  @Test
  void values() throws Exception {
    Object[] table = {
      true,
      (byte) 1,
      (short) 2,
      'c',
      3,
      4L,
      5f,
      6d,
      "latin ü",
      "utf →",
      new byte[20],
      new boolean[3],
      new short[4],
      new char[5],
      new int[6],
      new long[7],
      new float[8],
      new double[9],
      List.of()
    };
    List<byte[]> whole = new ArrayList<>();
    for (Object value : table) {
      whole.add(Values.encode(value, FakeCodec.INSTANCE, 1_000, "the item"));
    }
    Fuzz.rounds(
        5_000,
        random -> {
          byte[] bytes = Fuzz.mutated(whole.get(random.nextInt(whole.size())), random);
          long allocated =
              Fuzz.allocated(
                  () -> {
                    try {
                      Object unused =
                          Values.decode(
                              bytes,
                              0,
                              bytes.length,
                              FakeCodec.INSTANCE,
                              Fuzz.class.getClassLoader());
                    } catch (IOException | ClassNotFoundException declared) {
                      // as promised
                    }
                  });
          assertThat(allocated).isLessThan(IN_A_MOMENT);
        });
  }

  @Test
  void failuresHellosWorksAndContexts() {
    byte[] error = ResultFrame.encode(new RemoteError("a.B", "no →", "a.B: no"), new byte[] {1, 2});
    byte[] hello = payload(new Hello(new byte[Hello.TOKEN], 5, 7).toFrame());
    byte[] welcome = payload(new Welcome(1 << 20, true, new Marking(1, 2, 3), "a.Codec").toFrame());
    byte[] work =
        payload(new WorkFrame(3, List.of("file:/a", "b"), new byte[9]).toFrame(Frame.Type.WORK));
    byte[] context = payload(new ContextFrame(Map.of("a", "1", "b →", "")).toFrame());
    byte[] wanted = payload(new Wanted(3, Wanted.Kind.CLASS, "a.→").toFrame());
    byte[] found = {1, 2, 3};
    Fuzz.rounds(
        5_000,
        random -> {
          reads(random, wanted, Wanted::read);
          reads(random, found, Found::read);
          reads(random, context, ContextFrame::read);
          reads(random, error, ResultFrame::decode);
          reads(random, hello, Hello::read);
          reads(random, welcome, Welcome::read);
          reads(random, work, WorkFrame::read);
          byte[] header = Frame.bare(Frame.Type.BYE).array();
          header[random.nextInt(header.length)] = (byte) random.nextInt(256);
          reads(header, in -> Frame.header(in, 1 << 20));
        });
  }

  private interface Reader {
    Object read(ByteBuffer in) throws ProtocolException;
  }

  private static void reads(Random random, byte[] whole, Reader reader) {
    reads(Fuzz.mutated(whole, random), reader);
  }

  private static void reads(byte[] bytes, Reader reader) {
    long allocated =
        Fuzz.allocated(
            () -> {
              try {
                Object unused = reader.read(ByteBuffer.wrap(bytes));
              } catch (ProtocolException declared) {
                // as promised
              }
            });
    assertThat(allocated).isLessThan(IN_A_MOMENT);
  }

  private static byte[] payload(ByteBuffer frame) {
    return Arrays.copyOfRange(frame.array(), Frame.HEADER, frame.limit());
  }

  /** The child writes over the whole page while the parent looks at it. */
  @Test
  void aPageOfRandomBytes() throws Exception {
    int places = 8;
    int staging = 512;
    Path file = directory.resolve("page");
    try (Ledger ledger = Ledger.create(file, places, staging);
        RandomAccessFile page = new RandomAccessFile(file.toFile(), "rw")) {
      byte[] bytes = new byte[(int) page.length()];
      Fuzz.rounds(
          1_000,
          random -> {
            if (random.nextBoolean()) {
              random.nextBytes(bytes);
            } else {
              Arrays.fill(bytes, (byte) random.nextInt(256));
            }
            page.seek(0);
            page.write(bytes);
            long allocated =
                Fuzz.allocated(
                    () -> {
                      assertThat(ledger.salvage()).hasSizeBetween(0, staging);
                      for (int place = 0; place < places; place++) {
                        assertThat(ledger.state(place, random.nextInt(9))).isNotNull();
                        long unused = ledger.since(place);
                        boolean unusedToo = ledger.revoke(place, 5);
                        assertThat(ledger.state(place, 5) == Ledger.State.QUEUED).isFalse();
                      }
                    });
            assertThat(allocated).isLessThan(IN_A_MOMENT);
          });
    }
  }

  /** The child's side; a file cut off, or one that claims to be another size. */
  @Test
  void aDamagedFileIsNoLedger() throws Exception {
    Path file = directory.resolve("whole");
    Ledger.create(file, 4, 256).close();
    byte[] whole = Files.readAllBytes(file);
    Path damaged = directory.resolve("damaged");
    Fuzz.rounds(
        100,
        random -> {
          byte[] bytes = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
          for (int at = 8; at < Math.min(16, bytes.length); at++) {
            bytes[at] = random.nextBoolean() ? bytes[at] : (byte) random.nextInt(256);
          }
          Files.write(damaged, bytes);
          try (Ledger opened = Ledger.open(damaged)) {
            assertThat(opened.staging().capacity()).isLessThan(bytes.length);
            assertThat(opened.claim(opened.places() - 1, 1, 1)).isFalse();
          } catch (IOException declared) {
            // as promised
          }
        });
  }
}
