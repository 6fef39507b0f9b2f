import org.junit.jupiter.api.Test;

class ProgramTest {
  @Test
  void runsUnderSurefire() {
    Program.main();
  }
}
