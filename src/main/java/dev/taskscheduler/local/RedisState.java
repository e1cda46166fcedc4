package dev.taskscheduler.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The content of the file `state`: the redis-server that runs for a folder, and who uses it. Read
/// and written under the folder's lock only.
record RedisState(Proc server, int port, List<User> users) {
  RedisState {
    users = List.copyOf(users);
  }

  /// One that uses the server.
  ///
  /// @param number tells apart several in one process
  record User(Proc process, int number) {}

  RedisState with(User user) {
    return new RedisState(server, port, Stream.concat(users.stream(), Stream.of(user)).toList());
  }

  /// Without `user`, and without those who died.
  RedisState without(Optional<User> user) {
    return new RedisState(
        server,
        port,
        users.stream()
            .filter(u -> user.isEmpty() || !u.equals(user.get()))
            .filter(u -> u.process().alive())
            .toList());
  }

  /// Empty where there is none, or none that can be read.
  static Optional<RedisState> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    var properties = new Properties();
    try (var reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    try {
      return Optional.of(
          new RedisState(
              Proc.parse(properties.getProperty("server", "")),
              Integer.parseInt(properties.getProperty("port", "")),
              Arrays.stream(properties.getProperty("users", "").split(" "))
                  .filter(user -> !user.isEmpty())
                  .map(RedisState::user)
                  .toList()));
    } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
      return Optional.empty();
    }
  }

  private static User user(String text) {
    int hash = text.indexOf('#');
    return new User(
        Proc.parse(text.substring(0, hash)), Integer.parseInt(text.substring(hash + 1)));
  }

  void write(Path file) throws IOException {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    Files.writeString(
        part,
        "server=%s%nport=%d%nusers=%s%n"
            .formatted(
                server,
                port,
                users.stream()
                    .map(user -> user.process() + "#" + user.number())
                    .collect(Collectors.joining(" "))));
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
