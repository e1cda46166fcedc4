package dev.taskscheduler.local;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import redis.embedded.core.ExecutableProvider;
import redis.embedded.error.OsArchitectureNotFound;

/// A redis-server that runs on this machine.
///
/// @param version such as `7.0.15`
record RedisBinary(Path file, String version) {
  private static final Pattern VERSION = Pattern.compile("v=(\\d+)\\.(\\d+)\\.(\\d+)");
  private static final int LIMIT_SECONDS = 10;

  /// The first `redis-server` of `path` if it is 6.2 or later, else the one that the embedded-redis
  /// jar carries for this system, unpacked into `folder`.
  ///
  /// @param path folders as in the variable PATH; empty to take the carried one
  static RedisBinary find(String path, Path folder) {
    return onPath("redis-server", path)
        .flatMap(RedisBinary::recent)
        .or(() -> carried(folder).flatMap(RedisBinary::recent))
        .orElseThrow(() ->
            new LocalException(
                ("No redis-server of 6.2 or later is on PATH, and none is carried that runs "
                        + "on %s %s. Install one (Debian: apt install redis-server; macOS: brew "
                        + "install redis), or set REDIS_ADDR to one that runs.")
                    .formatted(System.getProperty("os.name"), System.getProperty("os.arch"))));
  }

  /// The first executable file of this name in the folders of `path`.
  static Optional<Path> onPath(String name, String path) {
    return Stream.of(path.split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static Optional<Path> carried(Path folder) {
    try {
      Files.createDirectories(folder);
      return Optional.of(ExecutableProvider.newJarResourceProvider(folder.toFile()).get().toPath());
    } catch (OsArchitectureNotFound e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new LocalException("The carried redis-server cannot be unpacked into " + folder, e);
    }
  }

  /// Empty if it cannot be run here (a missing library, another system) or is older than 6.2.
  private static Optional<RedisBinary> recent(Path file) {
    try {
      Process process =
          new ProcessBuilder(file.toString(), "--version").redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.empty();
      }
      return VERSION
          .matcher(output)
          .results()
          .findFirst()
          .filter(v -> Integer.parseInt(v.group(1)) * 1_000 + Integer.parseInt(v.group(2)) >= 6_002)
          .map(v -> new RedisBinary(file, v.group().substring(2)));
    } catch (IOException e) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LocalException("interrupted while redis-server was looked for", e);
    }
  }

  int major() {
    return Integer.parseInt(version.substring(0, version.indexOf('.')));
  }
}
