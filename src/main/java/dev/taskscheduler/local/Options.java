package dev.taskscheduler.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The options of `./run`.
///
/// @param nodes 1 to 9; empty if not given: one, on the usual port
/// @param election `raft` or `redis`; empty if not given
/// @param runners the jars of runners that are added to the class path
record Options(Optional<Integer> nodes, Optional<String> election, List<Path> runners, Kind kind) {
  static final int MOST_NODES = 9;

  enum Kind {
    RUN,
    VERSION,
    HELP
  }

  static final String HELP =
      """
      Usage: ./run [--nodes N] [--election raft|redis] [--runners DIR]

      Starts one node on http://localhost:8080, with a Redis of its own where REDIS_ADDR is not set.
      Only this machine reaches it; LISTEN_ADDR=:8080 opens it to others.
      Ctrl-C stops it: running tasks may end first (DRAIN_TIMEOUT). A second Ctrl-C stops at once.

        --nodes N         N nodes (1 to 9), node1 to nodeN, on the ports from 8081 up
        --election KIND   how the leader is elected (CONSENSUS_TYPE): raft, the default, or redis
        --runners DIR     adds the jars in DIR to the class path: runners of your own
        --version         the version
        --help            this

      Environment: all variables of docs/configuration.md. With --nodes, LISTEN_ADDR is the address of
      the first node and the others take the next ports. LOCAL_DIR is where Redis and Raft keep their
      data (.local in the project), JAVA_OPTS the JVM options of a node
      (-XX:+UseSerialGC -Xmx512m -XX:+ExitOnOutOfMemoryError). HTTP tasks may call this machine
      (HTTP_ALLOW_PRIVATE=localhost,127.0.0.0/8,::1) unless HTTP_ALLOW_PRIVATE says otherwise.
      """;

  /// @throws LocalException if an argument is unknown, says nothing usable, or asks for what is not
  ///   there
  static Options parse(String... args) {
    Optional<Integer> nodes = Optional.empty();
    Optional<String> election = Optional.empty();
    List<Path> runners = List.of();
    Iterator<String> words =
        Stream.of(args).flatMap(argument -> Stream.of(argument.split("=", 2))).iterator();
    while (words.hasNext()) {
      String name = words.next();
      switch (name) {
        case "--version" -> {
          return new Options(nodes, election, runners, Kind.VERSION);
        }
        case "--help", "-h" -> {
          return new Options(nodes, election, runners, Kind.HELP);
        }
        case "--nodes" -> nodes = Optional.of(nodes(words.hasNext() ? words.next() : ""));
        case "--election" -> election = Optional.of(election(words.hasNext() ? words.next() : ""));
        case "--runners" -> runners = runners(words.hasNext() ? words.next() : "");
        default -> throw new LocalException("Unknown argument " + name + "; see ./run --help");
      }
    }
    return new Options(nodes, election, runners, Kind.RUN);
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

  private static List<Path> runners(String value) {
    Path folder = Path.of(value).toAbsolutePath().normalize();
    if (value.isEmpty() || !Files.isDirectory(folder)) {
      throw new LocalException("--runners is '" + value + "'; allowed: a folder of jars");
    }
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
      if (jars.isEmpty()) {
        throw new LocalException("--runners is '" + value + "', which holds no file *.jar");
      }
      return jars;
    } catch (IOException e) {
      throw new LocalException("--runners is '" + value + "', which cannot be read: " + e, e);
    }
  }
}
