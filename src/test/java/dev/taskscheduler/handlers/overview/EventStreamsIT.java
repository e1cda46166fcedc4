package dev.taskscheduler.handlers.overview;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.handlers.server.ConnectionLimits;
import dev.taskscheduler.handlers.server.FramedHttp1;
import dev.taskscheduler.handlers.server.OpenConnections;
import dev.taskscheduler.handlers.server.RequestDeadline;
import dev.taskscheduler.testing.Eventually;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http1.Http1Config;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Streams of events that are larger than what lies between two sockets.
@Timeout(60)
class EventStreamsIT {
  private static final int LARGE = 8 << 20;

  private final EventStreams streams =
      new EventStreams(
          10,
          () -> {
            byte[] data = new byte[LARGE];
            Arrays.fill(data, (byte) 'x');
            return data;
          });
  private final RequestDeadline deadline = new RequestDeadline(Duration.ofSeconds(5));
  private WebServer server;

  @BeforeEach
  void start() {
    // With its own logs of what is received Helidon would not tell the deadline of a request.
    Http1Config config = Http1Config.builder().receiveLog(false).sendLog(false).build();
    OpenConnections connections =
        new OpenConnections(
            new FramedHttp1(config, deadline, LARGE), new ConnectionLimits(100, 100));
    server =
        WebServer.builder()
            .featuresDiscoverServices(false)
            .shutdownHook(false)
            .host("127.0.0.1")
            .port(0)
            .idleConnectionTimeout(Duration.ofMillis(200))
            .idleConnectionPeriod(Duration.ofMillis(20))
            .protocolsDiscoverServices(false)
            .addConnectionSelector(connections)
            .routing(routing -> routing.get("/events", new EventsHandler(streams, deadline)))
            .build()
            .start();
    deadline.start();
  }

  @AfterEach
  void stop() {
    streams.close();
    server.stop();
    deadline.close();
  }

  private Socket listen() throws Exception {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.getOutputStream().write("GET /events HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(US_ASCII));
    return socket;
  }

  /// The reader outlasts the time limit of a request and that of a connection without one.
  @Test
  void a_listener_that_does_not_read_is_cut_off_and_delays_nobody() throws Exception {
    try (Socket slow = listen();
        Socket reader = listen()) {
      Eventually.await("both listen", () -> streams.listeners() == 2);
      InputStream in = reader.getInputStream();
      long events = 0;
      while (streams.listeners() == 2) {
        in.skipNBytes(LARGE);
        events++;
      }
      in.skipNBytes(2L * LARGE);
      assertTrue(events >= 1, "events before the other was cut off: " + events);
      assertEquals(1, streams.listeners());
      assertTrue(slow.isConnected());
    }
    Eventually.await("nobody listens", () -> streams.listeners() == 0);
  }
}
