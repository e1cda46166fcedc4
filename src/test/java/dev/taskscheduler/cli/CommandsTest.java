package dev.taskscheduler.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.process.Version;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/// Arguments and help texts. Nothing listens where these commands call.
class CommandsTest {
  private static final List<String> COMMANDS =
      List.of(
          "submit",
          "status",
          "watch",
          "list",
          "retry",
          "cancel",
          "pause",
          "resume",
          "queues",
          "schedules",
          "leader",
          "stats",
          "top",
          "completion");
  private static final CommandRun NOBODY = CommandRun.at("http://127.0.0.1:" + closedPort());

  @TempDir Path folder;

  private static int closedPort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void misused(String why, String... args) {
    CommandRun.Result result = NOBODY.run(args);
    assertEquals(ExitStatus.USAGE, result.status(), result::toString);
    assertEquals("", result.out());
    assertTrue(result.err().contains(why), result::err);
  }

  @Test
  void the_version_is_that_of_the_program() {
    assertEquals("scheduler " + Version.current() + "\n", NOBODY.run("--version").out());
    assertEquals("scheduler " + Version.current() + "\n", NOBODY.run("leader", "--version").out());
  }

  @Test
  void the_help_lists_every_command() {
    CommandRun.Result help = NOBODY.run("--help");
    assertEquals(ExitStatus.OK, help.status());
    COMMANDS.forEach(name -> assertTrue(help.out().contains("\n  " + name + " "), help::out));
    assertTrue(help.out().contains("Exit status:"));
  }

  static Stream<List<String>> commands() {
    return Stream.concat(
        COMMANDS.stream().map(List::of),
        Stream.of("list", "apply", "diff").map(name -> List.of("schedules", name)));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void each_command_has_a_help_that_says_what_each_option_does(List<String> command) {
    CommandRun.Result help =
        NOBODY.run(Stream.concat(command.stream(), Stream.of("--help")).toArray(String[]::new));
    assertEquals(ExitStatus.OK, help.status());
    assertTrue(help.out().startsWith("Usage: scheduler " + String.join(" ", command)), help::out);
  }

  @Test
  void every_option_and_argument_says_what_it_does() {
    Shell shell =
        new Shell(Map.of(), InputStream.nullInputStream(), System.out, System.err, () -> false);
    assertEquals(List.of(), mute(Commands.complete(shell)));
  }

  private static List<String> mute(CommandLine line) {
    return Stream.concat(
            line.getCommandSpec().args().stream()
                .filter(arg -> arg.description().length == 0)
                .map(arg -> line.getCommandName() + " " + arg),
            line.getSubcommands().values().stream().flatMap(each -> mute(each).stream()))
        .toList();
  }

  @Test
  void wrong_arguments_are_said_with_the_way_to_the_help() {
    misused("'lead'", "lead");
    misused("--no-such", "leader", "--no-such");
    misused("See 'scheduler leader --help'", "leader", "more");
    misused("PAYLOAD", "submit");
    misused("--group", "schedules", "apply", "x.yaml");
    misused("subcommand", "schedules");
    misused("subcommand");
    misused("--output", "leader", "--output", "xml");
    misused("'soon'", "leader", "--timeout", "soon");
    misused("--timeout", "leader", "--timeout", "1d");
    misused("--limit", "list", "--limit", "0");
    misused("'x'", "list", "--limit", "x");
    misused("not for 'fish'", "completion", "fish");
    misused("\\u001b", "\u001b[2J");
  }

  @Test
  void tasks_are_named_or_selected_but_not_both() {
    misused("Name ids", "retry");
    misused("not both", "retry", "1", "--all-matching", "--queue", "q");
    misused("need --all-matching", "cancel", "1", "--queue", "q");
    misused("needs an option", "cancel", "--all-matching");
    misused("needs --yes", "cancel", "--all-matching", "--queue", "q");
    misused("'..'", "cancel", "..");
  }

  @Test
  void a_pause_is_for_one_thing() {
    misused("Name a queue", "pause");
    misused("one of them", "pause", "q", "--all");
    misused("--note", "pause", "--all", "--note", "x");
  }

  @Test
  void a_payload_that_is_no_json_is_not_sent() throws IOException {
    misused("line 1, column 2", "submit", "{job:1}");
    misused("text after its end", "submit", "1 2");
    misused("cannot be read", "submit", "@" + folder.resolve("none"));
    Path file = Files.writeString(folder.resolve("payload"), "{");
    misused("The payload of " + file, "submit", "@" + file);
    CommandRun.Result empty = NOBODY.piped("").run("submit", "-");
    assertEquals(ExitStatus.USAGE, empty.status());
    misused("locale", "submit", "\"\uFFFD\"");
  }

  @Test
  void a_url_is_checked() {
    for (String url :
        List.of(
            "127.0.0.1:8080",
            "ftp://a",
            "http://user:secret@host",
            "http://h/?x=1",
            "http://a b")) {
      misused("The URL of a node", "leader", "--url", url);
    }
  }

  @Test
  void a_token_comes_from_a_file_or_the_environment_and_is_checked() throws IOException {
    misused("cannot be read", "leader", "--token-file", "" + folder.resolve("none"));
    Path file = Files.writeString(folder.resolve("token"), "  \n");
    misused("holds no token", "leader", "--token-file", "" + file);
    Files.writeString(file, "x".repeat(5000));
    misused("holds no token", "leader", "--token-file", "" + file);
    Files.writeString(file, "one two");
    misused("no token has", "leader", "--token-file", "" + file);
    CommandRun.Result result = NOBODY.with("SCHEDULER_TOKEN", "a\r\nX: y").run("leader");
    assertEquals(ExitStatus.USAGE, result.status());
    assertFalse(NOBODY.run("leader", "--help").out().contains("--token "));
  }

  @Test
  void nobody_listening_is_said_plainly() {
    CommandRun.Result result = NOBODY.run("leader");
    assertEquals(ExitStatus.UNREACHABLE, result.status());
    assertTrue(
        result.err().contains("Nothing accepts connections at http://127.0.0.1:"), result::err);
    assertTrue(result.err().contains("--url"), result::err);
    assertEquals("", result.out());
  }

  @Test
  void a_shell_gets_a_completion_of_all_commands_and_options() {
    for (String shell : List.of("bash", "zsh")) {
      CommandRun.Result script = NOBODY.run("completion", shell);
      assertEquals(ExitStatus.OK, script.status());
      COMMANDS.forEach(name -> assertTrue(script.out().contains(name), name));
      assertTrue(script.out().contains("--all-matching"));
      assertTrue(script.out().contains("_complete_scheduler"));
    }
  }
}
