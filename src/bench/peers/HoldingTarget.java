import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/// An HTTP target that answers nobody at /hold until /release is asked for; /held counts who waits.
public final class HoldingTarget {
  private HoldingTarget() {}

  /// Listens on PORT of the loopback interface.
  public static void main(String[] args) throws Exception {
    int port = Integer.parseInt(System.getenv("PORT"));
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 16_384);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    AtomicInteger held = new AtomicInteger();
    CountDownLatch released = new CountDownLatch(1);
    server.createContext(
        "/hold",
        exchange -> {
          exchange.getRequestBody().readAllBytes();
          held.incrementAndGet();
          try {
            released.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          held.decrementAndGet();
          answer(exchange, "{\"done\":true}");
        });
    server.createContext("/held", exchange -> answer(exchange, String.valueOf(held.get())));
    server.createContext("/health", exchange -> answer(exchange, "{}"));
    server.createContext(
        "/release",
        exchange -> {
          released.countDown();
          answer(exchange, "{}");
        });
    server.start();
  }

  private static void answer(com.sun.net.httpserver.HttpExchange exchange, String text)
      throws java.io.IOException {
    byte[] body = text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }
}
