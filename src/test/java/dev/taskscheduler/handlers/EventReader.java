package dev.taskscheduler.handlers;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/// Reads server-sent events as they come, each as one text.
final class EventReader implements AutoCloseable {
  /// An answer up to its end, or to its first blank line where it may have no end.
  static final BodyHandler<byte[]> FIRST = _ -> new First();

  private final HttpResponse<InputStream> answer;
  private final BufferedReader lines;

  private EventReader(HttpResponse<InputStream> answer) {
    this.answer = answer;
    this.lines = new BufferedReader(new InputStreamReader(answer.body(), UTF_8));
  }

  private static final class First implements BodySubscriber<byte[]> {
    private final CompletableFuture<byte[]> body = new CompletableFuture<>();
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private Flow.Subscription subscription;

    @Override
    public CompletionStage<byte[]> getBody() {
      return body;
    }

    @Override
    public void onSubscribe(Flow.Subscription given) {
      subscription = given;
      given.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      for (ByteBuffer buffer : buffers) {
        byte[] some = new byte[buffer.remaining()];
        buffer.get(some);
        bytes.writeBytes(some);
      }
      if (bytes.toString(UTF_8).contains("\n\n")) {
        body.complete(bytes.toByteArray());
        subscription.cancel();
      }
    }

    @Override
    public void onError(Throwable thrown) {
      body.completeExceptionally(thrown);
    }

    @Override
    public void onComplete() {
      body.complete(bytes.toByteArray());
    }
  }

  /// @param headers names and values, in turns
  static EventReader open(HttpClient client, URI uri, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    if (headers.length > 0) {
      request.headers(headers);
    }
    return new EventReader(client.send(request.build(), BodyHandlers.ofInputStream()));
  }

  int status() {
    return answer.statusCode();
  }

  Optional<String> header(String name) {
    return answer.headers().firstValue(name);
  }

  /// The next event, its lines as they came, without comments; empty at the end of the stream.
  Optional<String> event() {
    StringBuilder event = new StringBuilder();
    try {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isEmpty() && !event.isEmpty()) {
          return Optional.of(event.toString());
        }
        if (!line.isEmpty() && !line.startsWith(":")) {
          event.append(line).append('\n');
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // cut off
    }
  }

  /// The document of the next event.
  String document() {
    String event = event().orElseThrow();
    String[] parts = event.split("\n", -1);
    assertEquals("event:overview", parts[0], event);
    assertEquals(3, parts.length, event); // its data are one line
    return parts[1].substring("data:".length());
  }

  /// All that is left of the answer.
  String rest() {
    return lines.lines().reduce("", (a, b) -> a + b);
  }

  @Override
  public void close() {
    try {
      answer.body().close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
