import io.helidon.common.mapper.MapperManager;
import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import java.util.concurrent.atomic.AtomicLong;

/// The ceiling of HTTP on Helidon SE: a POST that reads its body and answers an id; it parses and
/// stores nothing.
public final class HelidonEcho {
  private HelidonEcho() {}

  /// Listens on PORT of the loopback interface.
  public static void main(String[] args) {
    MapperManager.global(MapperManager.create()); // as the node does; without it half of the time goes into looking it up
    AtomicLong count = new AtomicLong();
    WebServer.builder()
        .host("127.0.0.1")
        .port(Integer.parseInt(System.getenv("PORT")))
        .featuresDiscoverServices(false)
        .routing(
            routes ->
                routes
                    .post(
                        "/submit",
                        (request, response) -> {
                          byte[] body = request.content().as(byte[].class);
                          if (body.length == 0) {
                            response.status(Status.BAD_REQUEST_400).send();
                            return;
                          }
                          response.status(Status.ACCEPTED_202);
                          response.header("Content-Type", "application/json");
                          response.send("{\"id\":\"" + count.incrementAndGet() + "\"}");
                        })
                    .get("/health", (request, response) -> response.send("{\"ok\":true}")))
        .build()
        .start();
  }
}
