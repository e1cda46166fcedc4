package dev.taskscheduler.cli;

import dev.taskscheduler.time.Durations;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSocketFactory;
import picocli.CommandLine.Option;

/// The options of every command: which node to call, with which token, and in which form to print.
final class ServerOptions {
  private static final String DEFAULT_URL = "http://127.0.0.1:8080";
  private static final int LONGEST_TOKEN = 4096;
  private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(10);

  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "The node to call; SCHEDULER_URL by default, and " + DEFAULT_URL + " without it.")
  Optional<String> url = Optional.empty();

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description = "A file with the API token; by default the token is in SCHEDULER_TOKEN.")
  Optional<Path> tokenFile = Optional.empty();

  @Option(
      names = "--ca-file",
      paramLabel = "FILE",
      description =
          "Certificates (PEM) to trust with https, instead of those of Java; also SCHEDULER_CA_FILE.")
  Optional<Path> caFile = Optional.empty();

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "10s",
      description = "The longest wait for each answer, such as 500ms or 30s; 10s by default.")
  String timeout = "";

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORM",
      defaultValue = "text",
      completionCandidates = Forms.class,
      description = "text for people (default), or json: the server's answer on one line.")
  String output = "";

  /// The forms of the output.
  static final class Forms extends ArrayList<String> {
    Forms() {
      super(List.of("text", "json"));
    }
  }

  /// Whether results are printed as JSON.
  boolean json() {
    return switch (output) {
      case "json" -> true;
      case "text" -> false;
      default -> throw new CliException.Usage("--output is text or json, not '" + output + "'.");
    };
  }

  Server server(Shell shell) {
    json(); // a wrong form is said before anything is sent
    Optional<SSLSocketFactory> tls =
        caFile
            .or(() -> shell.variable("SCHEDULER_CA_FILE").map(Path::of))
            .map(file -> TrustedCertificates.of(file, shell));
    Duration limit = duration("--timeout", timeout, LONGEST_TIMEOUT);
    return new Server(base(shell), token(shell), limit, tls);
  }

  /// Reads a duration of at least a millisecond.
  static Duration duration(String option, String text, Duration longest) {
    return Durations.parse(text)
        .filter(d -> d.toMillis() > 0 && d.compareTo(longest) <= 0)
        .orElseThrow(() ->
            new CliException.Usage(
                "%s is a duration such as 500ms, 30s or 5m, up to %s; it was '%s'."
                    .formatted(
                        option,
                        longest.toString().substring(2).toLowerCase(java.util.Locale.ROOT),
                        text)));
  }

  private URI base(Shell shell) {
    String text = url.or(() -> shell.variable("SCHEDULER_URL")).orElse(DEFAULT_URL).strip();
    try {
      URI uri = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      String scheme = String.valueOf(uri.getScheme());
      if ((scheme.equals("http") || scheme.equals("https"))
          && uri.getHost() != null
          && uri.getRawUserInfo() == null
          && uri.getRawQuery() == null
          && uri.getRawFragment() == null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // said below
    }
    throw new CliException.Usage(
        "The URL of a node is http://HOST:PORT or https://HOST:PORT, without user and password; it was '"
            + text
            + "'.");
  }

  private Optional<String> token(Shell shell) {
    Optional<String> token =
        tokenFile.map(ServerOptions::read).or(() -> shell.variable("SCHEDULER_TOKEN"));
    token.ifPresent(word -> {
      if (!word.chars().allMatch(c -> c > ' ' && c < 127)) {
        throw new CliException.Usage(
            "The token has characters that no token has: spaces, controls or letters outside ASCII.");
      }
    });
    return token;
  }

  private static String read(Path file) {
    try (var in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(LONGEST_TOKEN + 1);
      String token = new String(bytes, StandardCharsets.UTF_8).strip();
      if (bytes.length > LONGEST_TOKEN || token.isEmpty()) {
        throw new CliException.Usage(
            "--token-file "
                + file
                + " holds no token: one line of up to "
                + LONGEST_TOKEN
                + " characters.");
      }
      return token;
    } catch (IOException e) {
      throw new CliException.Usage("--token-file " + file + " cannot be read: " + e.getMessage());
    }
  }
}
