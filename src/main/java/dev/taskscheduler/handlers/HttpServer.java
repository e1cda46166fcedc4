package dev.taskscheduler.handlers;

import dev.taskscheduler.handlers.auth.AccessFilter;
import dev.taskscheduler.handlers.auth.AccessPolicy;
import dev.taskscheduler.handlers.auth.AuditFilter;
import dev.taskscheduler.handlers.auth.OriginFilter;
import dev.taskscheduler.handlers.docs.DocumentAsBuilt;
import dev.taskscheduler.handlers.files.FileError;
import dev.taskscheduler.handlers.files.FileWatch;
import dev.taskscheduler.handlers.server.ConnectionLimits;
import dev.taskscheduler.handlers.server.ErrorMapping;
import dev.taskscheduler.handlers.server.FramedHttp1;
import dev.taskscheduler.handlers.server.ListenerWatch;
import dev.taskscheduler.handlers.server.OpenConnections;
import dev.taskscheduler.handlers.server.RequestDeadline;
import dev.taskscheduler.handlers.server.RequestFilter;
import dev.taskscheduler.handlers.server.ResponseMemory;
import dev.taskscheduler.handlers.tls.TlsReloader;
import dev.taskscheduler.handlers.tls.Transport;
import dev.taskscheduler.handlers.wire.HttpListener;
import dev.taskscheduler.handlers.wire.SecurityHeaders;
import io.helidon.common.mapper.MapperManager;
import io.helidon.cors.CrossOriginConfig;
import io.helidon.http.media.MediaContext;
import io.helidon.openapi.OpenApiFeature;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.spi.ServerFeature;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Serves the REST face of one node.
public final class HttpServer implements AutoCloseable {
  private static final Logger LOG = System.getLogger(HttpServer.class.getName());

  private static final String DOCUMENT = "META-INF/openapi/swagger.yaml";
  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final Duration IDLE = Duration.ofSeconds(75); // over a proxy's usual 60
  private static final int IDLE_CHECKS = 15; // in the time after which a connection is idle
  private static final int BACKLOG = 1024;

  private static final int MAX_HEADERS = 16 * 1024;
  private static final int MAX_FIRST_LINE = 4 * 1024;

  static {
    // Helidon asks its service registry for the mappers at each header that is read as a
    // number, which was half of the time of a request. One that is set is used as it is.
    MapperManager.global(MapperManager.create());
  }

  private final HttpConfig config;
  private final RequestDeadline deadline;
  private final OpenConnections connections;
  private final Live live;
  private final FileWatch files = new FileWatch();
  private final WebServer server;
  private @Nullable ListenerWatch watch;

  /// @param limits where all of them are open, the next client waits until one ends
  /// @param features more that is served, such as `/metrics`
  public HttpServer(
      HttpConfig config,
      Scheduler scheduler,
      HttpListener listener,
      ConnectionLimits limits,
      ServerFeature... features) {
    this(config, scheduler, listener, IDLE, limits, features);
  }

  /// @param idle how long a connection may be silent
  HttpServer(
      HttpConfig config,
      Scheduler scheduler,
      HttpListener listener,
      Duration idle,
      ConnectionLimits limits,
      ServerFeature... features) {
    this.config = config;
    this.deadline = new RequestDeadline(config.requestDeadline());
    this.connections =
        new OpenConnections(new FramedHttp1(http1(), deadline, largest(config)), limits);
    SecurityHeaders security = new SecurityHeaders(config.transport());
    HttpRouting.Builder routing =
        HttpRouting.builder()
            .addFilter(
                new RequestFilter(
                    config.maxBodyBytes(),
                    config.maxBatchBytes(),
                    listener,
                    deadline,
                    connections,
                    security))
            .addFilter(
                new OriginFilter(
                    config.origins(),
                    loopback(),
                    config.transport() instanceof Transport.Encrypted));
    guard(routing, listener);
    routing.addFilter(new AuditFilter(scheduler.audit(), config.node()));
    routing.addFilter(new ResponseMemory(Runtime.getRuntime().maxMemory(), config.maxBodyBytes()));
    live = Live.of(config, scheduler, files::problems, deadline);
    Routes.register(routing, config, scheduler, files::problems, live);
    WebServerConfig.Builder builder =
        WebServer.builder()
            .featuresDiscoverServices(false)
            .features(List.of(features))
            .addFeature(
                OpenApiFeature.builder()
                    .servicesDiscoverServices(false)
                    .cors(CrossOriginConfig.builder().enabled(false).build())
                    .staticFile(DOCUMENT)
                    .manager(new DocumentAsBuilt())
                    .build())
            .shutdownHook(false) // Main stops the rooms in order
            .shutdownGracePeriod(GRACE)
            .host(config.host())
            .port(config.port())
            .backlog(BACKLOG)
            // Else an answer in two writes waits for the client's delayed ACK: 40 ms.
            .connectionOptions(options -> options.tcpNoDelay(true))
            .idleConnectionTimeout(idle)
            .idleConnectionPeriod(Duration.ofNanos(idle.toNanos() / IDLE_CHECKS))
            .maxPayloadSize(largest(config) + FramedHttp1.LITTLE) // else it is refused unseen
            .mediaContext(MediaContext.builder().mediaSupportsDiscoverServices(false).build())
            .directHandlers(ErrorMapping.direct(security))
            .maxTcpConnections(limits.most())
            .protocolsDiscoverServices(false) // HTTP/1.1 would be there twice: see http1()
            .addConnectionSelector(connections)
            .routing(routing);
    this.server = encrypted(builder).build();
    watchIdentity();
    scheduler
        .scheduleFile()
        .ifPresent(file -> files.add(List.of(file.unread()), now -> file.changed(now.getFirst())));
  }

  /// Bytes of any body.
  private static long largest(HttpConfig config) {
    return Math.max(config.maxBatchBytes(), config.maxBodyBytes());
  }

  /// No token stands in the way of requests where nobody is asked who they are.
  private void guard(HttpRouting.Builder routing, HttpListener listener) {
    if (config.access() instanceof AccessPolicy.Bearers bearers) {
      AccessFilter filter = new AccessFilter(bearers, listener, InstantSource.system());
      routing.addFilter(filter);
      files.add(List.of(bearers.tokens().file()), now -> said(filter.changed(now.getFirst())));
    }
  }

  private static List<String> said(List<FileError> faults) {
    return faults.stream().map(FileError::toString).toList();
  }

  private WebServerConfig.Builder encrypted(WebServerConfig.Builder builder) {
    return config.transport() instanceof Transport.Encrypted encrypted
        ? builder.tls(encrypted.identity().tls())
        : builder;
  }

  private void watchIdentity() {
    if (config.transport() instanceof Transport.Encrypted encrypted) {
      files.add(encrypted.identity().files(), now -> said(TlsReloader.changed(server, now)));
    }
  }

  /// All that is spoken. With two protocols to choose from, a connection is not counted as idle
  /// before its first byte: one that says nothing, or does not end its TLS handshake, would stay
  /// for ever.
  private static Http1Config http1() {
    return Http1Config.builder()
        .receiveLog(false)
        .sendLog(false)
        .maxHeadersSize(MAX_HEADERS)
        .maxPrologueLength(MAX_FIRST_LINE)
        .build();
  }

  /// Opens the port.
  ///
  /// @param ended is called, by a thread of its own, if the port is closed and nobody stopped this
  /// @throws IllegalStateException if it cannot be opened
  public void start(Runnable ended) {
    tryPort();
    server.start();
    if (!server.isRunning()) {
      throw closed("see the lines before");
    }
    deadline.start();
    connections.start();
    files.start();
    logStart();
    watch =
        new ListenerWatch(
            new InetSocketAddress(config.host(), server.port()),
            () -> {
              LOG.log(Level.ERROR, "http port closed unexpectedly port=" + server.port());
              ended.run();
            });
  }

  private void logStart() {
    String scheme = "http";
    if (config.transport() instanceof Transport.Encrypted encrypted) {
      scheme = "https";
      TlsReloader.log(encrypted.identity(), Clock.systemUTC());
    }
    LOG.log(
        Level.INFO,
        "http started host=" + config.host() + " port=" + server.port() + " scheme=" + scheme);
    if (config.access() instanceof AccessPolicy.Everyone && !loopback()) {
      LOG.log(
          Level.WARNING,
          () ->
              ("anyone who reaches port %s may submit tasks: name tokens in "
                      + "API_TOKENS_FILE, or listen on 127.0.0.1 only (LISTEN_ADDR)")
                  .formatted(server.port()));
    }
  }

  /// Whether only this machine can reach the port.
  private boolean loopback() {
    InetAddress address = new InetSocketAddress(config.host(), config.port()).getAddress();
    return address != null && address.isLoopbackAddress();
  }

  /// Helidon reports a port that it cannot open in a stack trace only.
  private void tryPort() {
    try (ServerSocket port = new ServerSocket()) {
      port.setReuseAddress(true); // as Helidon does: what a stopped node left over is no hindrance
      port.bind(new InetSocketAddress(config.host(), config.port()));
    } catch (IOException e) {
      throw closed(e.getMessage());
    }
  }

  private IllegalStateException closed(@Nullable String why) {
    return new IllegalStateException(
        ("cannot listen on %s:%s (%s): stop the program that uses the port, or choose "
                + "another address in LISTEN_ADDR")
            .formatted(config.host(), config.port(), why));
  }

  /// The port that is open; the one that was found where any free one was asked for.
  public int port() {
    return server.port();
  }

  /// From now on each answer says that it is the last on its connection; requests are answered
  /// until [#stop()], and streams of events end.
  public void drain() {
    connections.drain();
    live.streams().close();
  }

  /// Refuses new connections, lets requests in flight end, and closes. After [#drain()] a
  /// connection is closed only after its last answer, or when it has been quiet for a second.
  public void stop() {
    if (watch != null) {
      watch.close();
    }
    files.close();
    live.streams().close();
    connections.closeQuiet();
    server.stop();
    connections.close();
    deadline.close();
  }

  @Override
  public void close() {
    stop();
  }
}
