package dev.taskscheduler.cli;

import java.io.PrintStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `scheduler leader`: shows who leads, and the members of the Raft group.
@Command(
    name = "leader",
    mixinStandardHelpOptions = true,
    versionProvider = Commands.Versions.class,
    description =
        "Shows which node leads, since when, and the members of the Raft group if there is one.")
final class LeaderCommand implements Callable<Integer> {
  private final Shell shell;
  @Mixin private final ServerOptions options = new ServerOptions();

  LeaderCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    Json leader = options.server(shell).get("/leader", new Query());
    if (options.json()) {
      shell.out().println(leader.write());
    } else {
      print(leader, shell.out());
    }
    return ExitStatus.OK;
  }

  private static void print(Json leader, PrintStream out) {
    out.println(SafeText.line(sentence(leader)));
    leader.text("warning").ifPresent(warning -> out.println(SafeText.line("warning: " + warning)));
    if (!leader.items("peers").isEmpty()) {
      Table table = new Table("MEMBER", "RAFT", "HTTP", "VERSION", "REACHABLE");
      for (Json peer : leader.items("peers")) {
        table.row(
            peer.show("id"),
            peer.show("address"),
            peer.show("http"),
            peer.show("version"),
            peer.isTrue("reachable") ? "yes" : "no");
      }
      table.lines().forEach(out::println);
    }
  }

  /// Who leads, in a sentence.
  static String sentence(Json leader) {
    return leader
        .text("leader")
        .map(node ->
            node
                + " leads since "
                + Times.shown(leader.show("since"))
                + " (epoch "
                + leader.show("epoch")
                + ", by "
                + leader.show("elector")
                + ")")
        .orElse("no node leads");
  }
}
