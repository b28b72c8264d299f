package dev.quadstream.cli;

import dev.quadstream.stream.options.ConfigurationLoader;
import dev.quadstream.stream.startup.OpenMpThreads;
import dev.quadstream.stream.startup.StartRefusedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.util.TimeUtils;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The program: {@code quadstream COMMAND}. */
@Command(
    name = "quadstream",
    description = {
      "Trains a deep quadruplet network on a stream of labelled images.",
      "(From a clone, 'quadstream bench' measures it beside PyTorch.)"
    },
    versionProvider = VersionProvider.class,
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    sortOptions = false,
    usageHelpAutoWidth = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      " 0:done",
      " 1:the job or the work failed",
      " 2:the command line is wrong",
      "69:Kafka, a topic or Flink cannot be reached",
      "78:the configuration is wrong",
      "130:interrupted"
    },
    subcommands = {
      DemoCommand.class,
      RunCommand.class,
      ProduceCommand.class,
      TailCommand.class,
      TopicsCommand.class,
      RegistryCommand.class,
      ReleaseCommands.class,
      DeadLettersCommand.class,
      ReindexCommand.class,
      DashboardCommand.class,
      SearchCommand.class,
      ExportCommand.class,
      TrainCommand.class,
      EvaluateCommand.class,
      AblationCommand.class,
      OnePassCommand.class,
      ConfigCommand.class,
      DoctorCommand.class,
      CommandLine.HelpCommand.class,
      AutoComplete.GenerateCompletion.class
    })
public final class Quadstream {

  private static final Path STANDARD_OUTPUT = Path.of("/dev/stdout");

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show the stack trace of an error.")
  private boolean verbose;

  private final Map<String, String> environment;

  private Quadstream(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    // What it prints is read by programs, too, and its files and addresses by others' machines.
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
    Interruption.atOnce();
    ProcessLimit.followHeap();
    CommandLine commandLine = commandLine(System.getenv());
    int code = execute(commandLine, arguments);
    boolean lost = commandLine.getOut().checkError() | System.out.checkError();
    // Whoever reads the other end of a pipe, such as head, says by leaving that it has enough.
    if (code == ExitCode.OK && lost && !OutputFile.isPipe(STANDARD_OUTPUT)) {
      System.err.println("The output could not be written to the end: is the disk full?");
      code = ExitCode.FAILED;
    }
    // Flink and Kafka leave threads behind that would keep the process alive.
    System.exit(code);
  }

  /** An error that is no exception passes picocli by. */
  private static int execute(CommandLine commandLine, String[] arguments) {
    try {
      return commandLine.execute(arguments);
    } catch (OutOfMemoryError e) {
      System.err.printf(
          "There is no memory left (%s): the heap is %d MiB. Start with QUADSTREAM_JVM_OPTIONS=-Xmx2g or more.%n",
          e.getMessage(), Runtime.getRuntime().maxMemory() >> 20);
    } catch (Error e) {
      System.err.println(Failures.sentenceOf(e));
      Quadstream root = commandLine.getCommand();
      if (root.isVerbose()) {
        System.err.println(Failures.traceOf(e));
      }
    }
    return ExitCode.FAILED;
  }

  /** The commands in a process with that environment. */
  static CommandLine commandLine(Map<String, String> environment) {
    CommandLine commands = new CommandLine(new Quadstream(environment));
    // Picocli's own come without.
    example(commands, "help", "quadstream help train");
    example(commands, "generate-completion", "quadstream generate-completion");
    return commands
        .setCaseInsensitiveEnumValuesAllowed(true)
        // A folder's name may begin with @.
        .setExpandAtFiles(false)
        .registerConverter(Duration.class, Quadstream::duration)
        .setParameterExceptionHandler(new UsageErrors())
        .setExecutionStrategy(Quadstream::executeChecked)
        .setExecutionExceptionHandler(new Failures());
  }

  /** As configurations have it, and not as ISO 8601, which picocli reads. */
  private static Duration duration(String text) {
    if (ConfigurationLoader.lacksUnit(text)) {
      throw new CommandLine.TypeConversionException(
          "'%s' has no unit: write '%1$ss', '%1$smin' or '%1$s d'.".formatted(text.strip()));
    }
    try {
      return TimeUtils.parseDuration(text);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.TypeConversionException(
          "'%s' is no time such as 90s, 10min or '30 d'.".formatted(text));
    }
  }

  private static void example(CommandLine commands, String name, String line) {
    commands
        .getSubcommands()
        .get(name)
        .getCommandSpec()
        .usageMessage()
        .footer("%nFor example:", "  " + line);
  }

  /**
   * The natives read the environment where they are loaded, and end the process over some values.
   */
  private static int executeChecked(CommandLine.ParseResult parsed) {
    CommandLine.ParseResult last = parsed;
    while (last.hasSubcommand()) {
      last = last.subcommand();
    }
    Quadstream root = (Quadstream) parsed.commandSpec().userObject();
    boolean tellsItself = last.commandSpec().userObject() instanceof DoctorCommand;
    Integer afterHelp = CommandLine.executeHelpRequest(parsed);
    if (afterHelp != null) {
      return afterHelp;
    }
    if (!tellsItself) {
      try {
        OpenMpThreads.requireValid(root.environment);
      } catch (StartRefusedException e) {
        throw new CommandLine.ExecutionException(
            last.commandSpec().commandLine(), e.getMessage(), e);
      }
    }
    try {
      return new CommandLine.RunLast().execute(parsed);
    } catch (CommandLine.ExecutionException e) {
      // Of commands that are methods, picocli wraps those as well.
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e;
    }
  }

  boolean isVerbose() {
    return verbose;
  }

  Map<String, String> environment() {
    return environment;
  }
}
