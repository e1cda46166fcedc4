package dev.taskscheduler.cli;

import dev.taskscheduler.process.Version;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/// The table of commands, and the run of one.
final class Commands {
  static final String NAME = "scheduler";

  private static final int DEFECT = 70; // EX_SOFTWARE of sysexits.h
  private static final int WIDTH = 100;
  private static final Map<String, Function<Shell, Object>> ALL = all();

  private Commands() {}

  private static Map<String, Function<Shell, Object>> all() {
    Map<String, Function<Shell, Object>> all = new LinkedHashMap<>();
    all.put("submit", SubmitCommand::new);
    all.put("status", StatusCommand::new);
    all.put("watch", WatchCommand::new);
    all.put("list", ListCommand::new);
    all.put("retry", RetryCommand::new);
    all.put("cancel", CancelCommand::new);
    all.put("pause", PauseCommand::new);
    all.put("resume", ResumeCommand::new);
    all.put("queues", QueuesCommand::new);
    all.put("schedules", SchedulesCommand::line);
    all.put("leader", LeaderCommand::new);
    all.put("stats", StatsCommand::new);
    all.put("top", TopCommand::new);
    all.put("completion", CompletionCommand::new);
    return all;
  }

  @Command(
      name = NAME,
      mixinStandardHelpOptions = true,
      versionProvider = Versions.class,
      description =
          "Submits tasks to a task scheduler, and shows and changes what becomes of them.",
      synopsisSubcommandLabel = "COMMAND",
      footer = {
        "",
        "The node is named by --url or SCHEDULER_URL, a token by --token-file or SCHEDULER_TOKEN.",
        "'scheduler COMMAND --help' shows the options of a command.",
        "",
        "Exit status: 0 done; 1 a task did not complete, or a difference was found; 2 wrong arguments;",
        "3 the server refused; 4 no server answered; 5 the wait was over before the task was."
      })
  private static final class Root {}

  /// The version of this program.
  static final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {NAME + " " + Version.current()};
    }
  }

  /// Runs the command that the arguments name.
  ///
  /// @return its exit status
  static int run(Shell shell, String... args) {
    if (Arrays.stream(args).anyMatch(arg -> arg.indexOf('\uFFFD') >= 0)) {
      shell.note(
          "An argument has characters that this locale cannot read. Set LC_ALL to a locale of UTF-8, such as C.UTF-8,"
              + " or hand the payload in as @FILE or by standard input.");
      return ExitStatus.USAGE;
    }
    return line(shell, args.length > 0 ? args[0] : "").execute(args);
  }

  /// Knows one command alone where it is named, since each costs time at every start.
  private static CommandLine line(Shell shell, String command) {
    CommandLine line = new CommandLine(new Root());
    Function<Shell, Object> one = ALL.get(command);
    if (one != null) {
      line.addSubcommand(command, one.apply(shell));
    } else if (!command.equals("--version") && !command.equals("-V")) {
      ALL.forEach((name, make) -> line.addSubcommand(name, make.apply(shell)));
    }
    Failures failures = new Failures(shell);
    return line.setOut(new PrintWriter(shell.out(), true))
        .setErr(new PrintWriter(shell.err(), true))
        .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
        .setUsageHelpWidth(WIDTH)
        .setExpandAtFiles(false) // @FILE is a payload
        .setExecutionExceptionHandler(failures)
        .setParameterExceptionHandler(failures);
  }

  /// All commands, for the completion of a shell.
  static CommandLine complete(Shell shell) {
    return line(shell, "");
  }

  /// Prints why a command did not succeed. A class, since the AOT cache holds no lambda of
  /// picocli's types.
  private record Failures(Shell shell)
      implements IExecutionExceptionHandler, IParameterExceptionHandler {
    @Override
    public int handleExecutionException(Exception e, CommandLine line, ParseResult parsed) {
      shell.out().flush();
      if (e instanceof CliException known) {
        known.text().lines().forEach(shell::note);
        return known.status();
      }
      shell.note("This is a defect of the client: " + e);
      return DEFECT;
    }

    @Override
    public int handleParseException(ParameterException e, String[] args) {
      shell.note(String.valueOf(e.getMessage()));
      shell.note("See '" + e.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
      return ExitStatus.USAGE;
    }
  }
}
