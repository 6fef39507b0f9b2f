package io.delegate.wire;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The other process of {@link LedgerIT}: does what it reads on stdin and says what came of it. */
final class LedgerPeer {
  private LedgerPeer() {}

  public static void main(String[] args) throws IOException {
    Path file = Path.of(args[0]);
    if (args.length > 1) {
      create(file, Integer.parseInt(args[1]));
      return;
    }
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try (Ledger ledger = Ledger.open(file)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split(" ");
        long seq = Long.parseLong(words[1]);
        switch (words[0]) {
          case "claim" -> System.out.println(ledger.claim(0, seq, 1_000 + seq));
          case "done" -> {
            ledger.staging().put((byte) seq);
            ledger.staged(1);
            ledger.done(0, seq);
            System.out.println("ok");
          }
          default -> System.out.println(ledger.state(0, seq));
        }
      }
    }
  }

  private static void create(Path file, int staging) {
    try (Ledger ledger = Ledger.create(file, 1, staging)) {
      System.out.println("made " + ledger.places());
    } catch (IOException e) {
      System.out.println("IOException");
    }
  }
}
