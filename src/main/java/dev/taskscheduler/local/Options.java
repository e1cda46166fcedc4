package dev.taskscheduler.local;

import java.util.Optional;

/// The options of `./run`.
///
/// @param nodes 1 to 9; empty when not said: one, unmarked, on the usual port
/// @param election `raft` or `redis`; empty when not said
record Options(Optional<Integer> nodes, Optional<String> election, Kind kind) {
  static final int MOST_NODES = 9;

  enum Kind {
    RUN,
    VERSION,
    HELP
  }

  static final String HELP =
      """
      Usage: ./run [--nodes N] [--election raft|redis]

      Starts one node on http://localhost:8080, with a Redis of its own where REDIS_ADDR is not set.
      Ctrl-C stops it: running tasks may end first (DRAIN_TIMEOUT).

        --nodes N         N nodes (1 to 9), node1 to nodeN, on the ports from 8081 up
        --election KIND   how the leader is elected (CONSENSUS_TYPE): raft, the default, or redis
        --version         the version
        --help            this

      Environment: all variables of docs/configuration.md. With --nodes, LISTEN_ADDR is the address of
      the first node and the others take the next ports. LOCAL_DIR is where Redis and Raft keep their
      data (.local in the project), JAVA_OPTS the JVM options of a node
      (-XX:+UseSerialGC -Xmx512m -XX:+ExitOnOutOfMemoryError).
      """;

  /// @throws LocalException if an argument is unknown, says nothing usable, or asks for what is not
  ///   there
  static Options parse(String... args) {
    Optional<Integer> nodes = Optional.empty();
    Optional<String> election = Optional.empty();
    for (int i = 0; i < args.length; i++) {
      String name = args[i].contains("=") ? args[i].substring(0, args[i].indexOf('=')) : args[i];
      switch (name) {
        case "--version" -> {
          return new Options(nodes, election, Kind.VERSION);
        }
        case "--help", "-h" -> {
          return new Options(nodes, election, Kind.HELP);
        }
        case "--nodes", "--election" -> {
          String value;
          if (name.equals(args[i])) {
            i++;
            value = i < args.length ? args[i] : "";
          } else {
            value = args[i].substring(name.length() + 1);
          }
          if (name.equals("--nodes")) {
            nodes = Optional.of(nodes(value));
          } else {
            election = Optional.of(election(value));
          }
        }
        default -> throw new LocalException("Unknown argument " + args[i] + "; see ./run --help");
      }
    }
    return new Options(nodes, election, Kind.RUN);
  }

  private static int nodes(String value) {
    if (!value.matches("[1-9]")) {
      throw new LocalException(
          "--nodes is '" + value + "'; allowed: a whole number from 1 to " + MOST_NODES);
    }
    return Integer.parseInt(value);
  }

  private static String election(String value) {
    if (!value.equals("redis") && !value.equals("raft")) {
      throw new LocalException("--election is '" + value + "'; allowed: raft, redis");
    }
    return value;
  }
}
