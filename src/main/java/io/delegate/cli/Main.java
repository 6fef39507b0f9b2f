package io.delegate.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.IVersionProvider;

/**
 * The program {@code delegate}: {@code run} runs a public static method over items, in child
 * processes; {@code serve} does so for the items of HTTP requests.
 *
 * <p>Lines of JSON, one per outcome, are all that is ever written to stdout. All else goes to
 * stderr.
 *
 * <p>Exit status: 0 when every item succeeded, 1 when some did not or the run could not go on, 2
 * for bad usage, 130 and 143 after SIGINT and SIGTERM, 141 when the reader of stdout went away.
 */
@Command(
    name = "delegate",
    description = "Runs a function over many items, in child processes that may crash or hang.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
public final class Main {
  private Main() {}

  /**
   * Runs the program and ends the JVM.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    quietLogging();
    OutputStream out = new FileOutputStream(FileDescriptor.out);
    System.setOut(System.err); // a library that prints must not spoil the lines of JSON
    PrintWriter err = new PrintWriter(System.err, true, Charset.defaultCharset());
    InputStream in = new FileInputStream(FileDescriptor.in);
    System.exit(execute(args, in, out, err, ProcessChildren::new));
  }

  /** Runs the program in this JVM, and leaves the exit status to the caller. */
  static int execute(
      String[] args,
      InputStream in,
      OutputStream out,
      PrintWriter err,
      Function<Setup, Children> opener) {
    CommandLine commands = new CommandLine(new Main());
    commands.addSubcommand(new RunCommand(in, out, err, opener));
    commands.addSubcommand(new ServeCommand(err));
    commands.addSubcommand(new NodeCommand(err));
    commands.addSubcommand(new AutoComplete.GenerateCompletion());
    commands.setCaseInsensitiveEnumValuesAllowed(true);
    commands.setExpandAtFiles(false); // an item may well start with an @
    commands.setOut(new PrintWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8), true));
    commands.setErr(err);
    commands.setParameterExceptionHandler(brief());
    return commands.execute(args);
  }

  /**
   * Says what is wrong in the last lines one sees: the whole usage would push it off the screen.
   */
  private static IParameterExceptionHandler brief() {
    return (e, args) -> {
      CommandLine command = e.getCommandLine();
      String name = command.getCommandSpec().qualifiedName();
      command.getErr().println(name + ": " + e.getMessage());
      CommandLine.UnmatchedArgumentException.printSuggestions(e, command.getErr());
      command.getErr().println("Try '" + name + " --help'.");
      return command.getCommandSpec().exitCodeOnInvalidInput();
    };
  }

  /** For slf4j-simple, where that is the one on the class path; what the user has set stays. */
  private static void quietLogging() {
    String simple = "org.slf4j.simpleLogger.";
    setIfUnset(simple + "logFile", "System.err");
    setIfUnset(simple + "defaultLogLevel", "warn");
    setIfUnset(simple + "log.io.delegate.child", "info");
    setIfUnset(simple + "showShortLogName", "true");
    setIfUnset(simple + "showThreadName", "false");
    setIfUnset("slf4j.internal.verbosity", "WARN");
  }

  private static void setIfUnset(String key, String value) {
    if (System.getProperty(key) == null) {
      System.setProperty(key, value);
    }
  }

  /** Reads the version from the manifest of the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"delegate " + (version == null ? "(not from a jar)" : version)};
    }
  }
}
