package dev.taskscheduler.cli;

import dev.taskscheduler.process.Version;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;

/// A node as the command line sees it: each call has a limit of time, and each answer one of size.
///
/// It uses the JDK's older client: the newer one costs four tenths of a second at each start
/// (docs/adr/0026). It follows no redirection, so that the token goes to no other server.
final class Server {
  /// Above the largest answer of a node: 500 tasks of a list, or the largest payload and result.
  private static final int MOST_BYTES = 16 << 20;

  private static final int SHOWN_ERRORS = 20;

  private final URI base;
  private final Optional<String> token;
  private final Duration timeout;
  private final Optional<SSLSocketFactory> tls;

  static {
    System.setProperty("sun.net.http.retryPost", "false"); // what was submitted is not sent twice
  }

  /// @param base where the paths of the API begin
  /// @param timeout the limit of a whole call
  /// @param tls makes the connections; empty for those that trust what Java trusts
  Server(URI base, Optional<String> token, Duration timeout, Optional<SSLSocketFactory> tls) {
    this.base = base;
    this.tls = tls;
    this.token = token;
    this.timeout = timeout;
  }

  /// A body and its type.
  record Body(String type, byte[] bytes) {}

  Json get(String path, Query query) {
    return call("GET", path, query, Optional.empty(), List.of());
  }

  Json post(String path, Query query) {
    return call("POST", path, query, Optional.empty(), List.of());
  }

  Json put(String path, Query query, Body body) {
    return call("PUT", path, query, Optional.of(body), List.of());
  }

  /// Calls the node.
  ///
  /// @param headers name, value, name, value
  /// @throws CliException if there is no answer, or one that is a failure
  Json call(String method, String path, Query query, Optional<Body> body, List<String> headers) {
    HttpURLConnection connection = open(base + path + query, method);
    for (int i = 0; i < headers.size(); i += 2) {
      connection.setRequestProperty(headers.get(i), headers.get(i + 1));
    }
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("call")
        .start(() -> {
          try {
            answer.complete(exchange(connection, body));
          } catch (IOException | RuntimeException e) {
            answer.completeExceptionally(e);
          }
        });
    try {
      return read(answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      connection.disconnect();
      throw new CliException.Unreachable(
          "No answer from " + base + " within " + seconds() + " s" + unknown(method) + ".");
    } catch (ExecutionException e) {
      throw failed(e.getCause() == null ? e : e.getCause(), method);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CompletionException(e);
    }
  }

  private record Answer(int status, String type, byte[] bytes) {}

  private HttpURLConnection open(String url, String method) {
    try {
      var connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
      if (connection instanceof HttpsURLConnection secured && tls.isPresent()) {
        secured.setSSLSocketFactory(tls.get());
      }
      connection.setRequestMethod(method);
      connection.setInstanceFollowRedirects(false);
      connection.setUseCaches(false);
      int limit = (int) Math.min(Integer.MAX_VALUE, timeout.toMillis());
      connection.setConnectTimeout(limit);
      connection.setReadTimeout(limit);
      connection.setRequestProperty("Accept", "application/json, application/problem+json");
      connection.setRequestProperty("User-Agent", "scheduler/" + Version.current());
      token.ifPresent(word -> connection.setRequestProperty("Authorization", "Bearer " + word));
      return connection;
    } catch (IOException | IllegalArgumentException e) {
      throw new CliException.Usage("'" + url + "' is no URL: " + e.getMessage());
    }
  }

  private static Answer exchange(HttpURLConnection connection, Optional<Body> body)
      throws IOException {
    if (body.isPresent()) {
      connection.setDoOutput(true);
      connection.setRequestProperty("Content-Type", body.get().type());
      connection.setFixedLengthStreamingMode(body.get().bytes().length);
      try (var out = connection.getOutputStream()) {
        out.write(body.get().bytes());
      }
    }
    int status = connection.getResponseCode();
    InputStream failure = connection.getErrorStream();
    try (InputStream in =
        failure != null
            ? failure
            : status >= 400 ? InputStream.nullInputStream() : connection.getInputStream()) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      return new Answer(status, Optional.ofNullable(connection.getContentType()).orElse(""), bytes);
    }
  }

  private Json read(Answer answer) {
    if (answer.bytes().length > MOST_BYTES) {
      throw new CliException.Unreachable(
          "The answer of %s is larger than %d MiB, and was not read to its end. Ask for less."
              .formatted(base, MOST_BYTES >> 20));
    }
    Optional<Json> json = parsed(answer);
    if (answer.status() >= 400) {
      throw new CliException.Refused(answer.status(), problem(answer.status(), json));
    }
    if (answer.status() >= 300 || json.isEmpty()) {
      throw new CliException.Unreachable(
          "%s answered %d and no JSON: is it a node of the task scheduler?"
              .formatted(base, answer.status()));
    }
    return json.get();
  }

  private static Optional<Json> parsed(Answer answer) {
    if (!answer.type().contains("json")) {
      return Optional.empty();
    }
    try {
      return Optional.of(Json.parse(answer.bytes()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /// A problem (RFC 9457) as text: its detail, and a line for each field error.
  private String problem(int status, Optional<Json> json) {
    Optional<String> detail =
        json.flatMap(problem -> problem.text("detail").or(() -> problem.text("title")));
    if (detail.isEmpty()) {
      return base
          + " answered "
          + status
          + " without a reason: is it a node of the task scheduler?";
    }
    StringBuilder text = new StringBuilder(SafeText.line(detail.get()));
    List<Json> errors = json.map(problem -> problem.items("errors")).orElse(List.of());
    errors.stream()
        .limit(SHOWN_ERRORS)
        .forEach(error ->
            text.append("\n  ")
                .append(SafeText.line(error.show("pointer")))
                .append(": ")
                .append(SafeText.line(error.show("detail"))));
    if (errors.size() > SHOWN_ERRORS) {
      text.append("\n  and ").append(errors.size() - SHOWN_ERRORS).append(" more");
    }
    return text.toString();
  }

  private CliException failed(Throwable e, String method) {
    String why =
        switch (e) {
          case ConnectException refused ->
              "Nothing accepts connections at "
                  + base
                  + ". Start a node, or name one by --url or SCHEDULER_URL.";
          case UnknownHostException unknown -> "There is no host " + base.getHost() + ".";
          case NoRouteToHostException none -> "There is no way to the host " + base.getHost() + ".";
          case SocketTimeoutException late ->
              "No answer from " + base + " within " + seconds() + " s" + unknown(method) + ".";
          case SSLException fault ->
              "No TLS connection to " + base + ": " + fault.getMessage() + unknown(method) + ".";
          default ->
              "The connection to " + base + " failed: " + e.getMessage() + unknown(method) + ".";
        };
    return new CliException.Unreachable(why);
  }

  private String seconds() {
    return String.valueOf(timeout.toMillis() / 1000.0).replaceAll("\\.0$", "");
  }

  private static String unknown(String method) {
    return method.equals("GET") ? "" : "; the call may have been done or not";
  }
}
