package dev.taskscheduler.conf;

import dev.taskscheduler.handlers.files.SmallFile;
import dev.taskscheduler.runner.http.HostAllowlist;
import dev.taskscheduler.runner.http.HttpRunnerConfig;
import dev.taskscheduler.runner.http.SigningKeyRing;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/// Reads what the HTTP runner is told.
final class HttpRunnerSettings {
  private static final String KEYS = "HTTP_SIGNING_KEYS";
  private static final String KEYS_FILE = "HTTP_SIGNING_KEYS_FILE";

  private HttpRunnerSettings() {}

  static HttpRunnerConfig read(Settings settings) {
    return new HttpRunnerConfig(
        settings.duration("HTTP_CONNECT_TIMEOUT", "5s", "100ms", "1m"),
        settings.duration("HTTP_TIMEOUT", "30s", "100ms", "24h"),
        settings.size("HTTP_MAX_RESPONSE_BYTES", 64 << 10, 0, 1 << 20),
        settings.text("HTTP_ALLOWED_HOSTS", "", HostAllowlist::parse, hosts -> hosts),
        settings.text("HTTP_ALLOW_PRIVATE", "", HostAllowlist::parse, hosts -> hosts),
        keys(settings));
  }

  private static SigningKeyRing keys(Settings settings) {
    SigningKeyRing given = settings.text(KEYS, "", SigningKeyRing::parse, _ -> "***");
    SigningKeyRing filed = settings.text(KEYS_FILE, "", HttpRunnerSettings::file, file -> file);
    if (given.isEmpty()) {
      return filed;
    }
    if (!filed.isEmpty()) {
      settings.fault(KEYS_FILE, "set", "unset where " + KEYS + " is set: one of them");
    }
    return given;
  }

  private static SigningKeyRing file(String path) {
    if (path.isEmpty()) {
      return SigningKeyRing.NONE;
    }
    SigningKeyRing keys = SigningKeyRing.parse(text(path));
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("a file with a key in it");
    }
    return keys;
  }

  private static String text(String path) {
    try {
      return switch (SmallFile.read(Path.of(path))) {
        case SmallFile.Content content -> content.text();
        case SmallFile.Unreadable unreadable ->
            throw new IllegalArgumentException(
                "a file that this process can read; " + unreadable.why());
      };
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("the path of a file", e);
    }
  }
}
