package dev.taskscheduler.testing;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;

/// A target on the JDK's own HTTP server, on loopback, that keeps what it was asked.
public final class HttpTarget implements AutoCloseable {
  /// A request as it arrived.
  public record Asked(String method, String uri, Headers headers, byte[] body, int port) {}

  public interface Answer {
    void to(HttpExchange exchange) throws Exception;
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();

  private HttpTarget(HttpServer server, Answer answer) {
    this.server = server;
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          asked.add(
              new Asked(
                  exchange.getRequestMethod(),
                  exchange.getRequestURI().toString(),
                  exchange.getRequestHeaders(),
                  exchange.getRequestBody().readAllBytes(),
                  exchange.getRemoteAddress().getPort()));
          try (exchange) {
            answer.to(exchange);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the target is closed
          } catch (IOException e) {
            throw e;
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    server.start();
  }

  public static HttpTarget that(Answer answer) throws IOException {
    return new HttpTarget(HttpServer.create(loopback(), 0), answer);
  }

  public static HttpTarget by(SSLContext tls, Answer answer) throws IOException {
    HttpsServer server = HttpsServer.create(loopback(), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls));
    return new HttpTarget(server, answer);
  }

  /// One that answers a status and a text.
  public static HttpTarget answering(int status, String body, String... headers)
      throws IOException {
    return that(exchange -> answer(exchange, status, body, headers));
  }

  public static void answer(HttpExchange exchange, int status, String body, String... headers)
      throws IOException {
    for (int i = 0; i < headers.length; i += 2) {
      exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
    }
    byte[] bytes = body.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    boolean none = bytes.length == 0 || exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(status, none ? -1 : bytes.length);
    if (!none) {
      exchange.getResponseBody().write(bytes);
    }
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public String url(String path) {
    return (server instanceof HttpsServer ? "https" : "http") + "://target.test:" + port() + path;
  }

  /// The same by its address, for whoever knows no name of it.
  public String address(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  public List<Asked> asked() {
    return asked;
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
