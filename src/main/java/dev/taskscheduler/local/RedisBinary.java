package dev.taskscheduler.local;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import redis.embedded.core.ExecutableProvider;
import redis.embedded.model.OsArchitecture;

/// A redis-server that runs on this machine.
///
/// @param version such as `7.0.15`
record RedisBinary(Path file, String version) {
  private static final Pattern VERSION = Pattern.compile("v=(\\d+)\\.(\\d+)\\.(\\d+)");
  private static final int LIMIT_SECONDS = 10;

  /// The first `redis-server` of `path` if it is 6.2 or later, else the one that the embedded-redis
  /// jar carries for this system, unpacked into `folder` once.
  ///
  /// @param path folders as in the variable PATH; empty to take the carried one
  static RedisBinary find(String path, Path folder) {
    return onPath(path).or(() -> carried(folder)).orElseThrow(RedisBinary::none);
  }

  private static LocalException none() {
    return new LocalException(
        "No redis-server of 6.2 or later is on PATH, and none is carried that runs on "
            + System.getProperty("os.name")
            + " "
            + System.getProperty("os.arch")
            + ". Install one (Debian: apt install redis-server; macOS: brew install redis), or set"
            + " REDIS_ADDR to one that runs.");
  }

  private static Optional<RedisBinary> onPath(String path) {
    for (String folder : path.split(File.pathSeparator)) {
      Path file = Path.of(folder, "redis-server");
      if (!folder.isEmpty() && Files.isExecutable(file)) {
        return recent(file);
      }
    }
    return Optional.empty();
  }

  private static Optional<RedisBinary> carried(Path folder) {
    try {
      String resource =
          ExecutableProvider.newProvidedVersionsMap().get(OsArchitecture.detectOSandArchitecture());
      if (resource == null) {
        return Optional.empty();
      }
      Path file = folder.resolve(resource.substring(1));
      if (!Files.isExecutable(file)) {
        unpack(resource, file);
      }
      return recent(file);
    } catch (IOException e) {
      throw new LocalException("The carried redis-server cannot be unpacked into " + folder, e);
    }
  }

  private static void unpack(String resource, Path file) throws IOException {
    Files.createDirectories(file.getParent());
    Path part = Files.createTempFile(file.getParent(), "unpacking", ".part");
    try (var carried = ExecutableProvider.class.getResourceAsStream(resource)) {
      if (carried == null) {
        throw new IOException("not in the jar: " + resource);
      }
      Files.copy(carried, part, StandardCopyOption.REPLACE_EXISTING);
      Files.setPosixFilePermissions(part, PosixFilePermissions.fromString("rwxr-xr-x"));
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE); // whole, or not there
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /// Empty if it cannot be run here (a missing library, another system) or is older than 6.2.
  private static Optional<RedisBinary> recent(Path file) {
    try {
      Process process =
          new ProcessBuilder(file.toString(), "--version").redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Optional.empty();
      }
      var version = VERSION.matcher(said);
      if (!version.find()) {
        return Optional.empty();
      }
      int number = Integer.parseInt(version.group(1)) * 1_000 + Integer.parseInt(version.group(2));
      return number < 6_002
          ? Optional.empty()
          : Optional.of(new RedisBinary(file, version.group().substring(2)));
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
