package dev.taskscheduler.runner.http;

import static java.lang.System.Logger.Level.DEBUG;

import dev.taskscheduler.spi.TaskFailure;
import dev.taskscheduler.spi.TaskRun;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.impl.DefaultConnectionReuseStrategy;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.apache.hc.core5.http.message.MessageSupport;
import org.apache.hc.core5.http.protocol.HttpCoreContext;

/// Sends requests for tasks and reads the responses, with limits on time, bytes and targets. It
/// follows no redirect, stores no cookie and decompresses nothing.
///
/// For thousands of virtual threads at once. An interrupt ends an exchange at once only on a
/// virtual thread.
public final class HttpSender implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(HttpSender.class.getName());

  /// How many idle connections may be kept.
  public static final int MAX_IDLE = 256;

  private static final String USER_AGENT = "task-scheduler";
  private static final int SWITCHING = 101;
  private static final int FIRST_FINAL = 200;
  private static final int MAX_INTERIM = 10;
  private static final Duration CLOSE_EXPIRED_EVERY = Duration.ofSeconds(1);

  private final HttpRunnerConfig config;
  private final InstantSource clock;
  private final NameLookup lookup;
  private final TargetGuard guard;
  private final Connector connector;
  private final ResponseMemoryLimit memory =
      new ResponseMemoryLimit(Runtime.getRuntime().maxMemory() / 8);
  private final ConnectionPool pool;
  private final ScheduledThreadPoolExecutor deadlines;

  /// @param maxIdle idle connections that are kept, up to [#MAX_IDLE]
  public HttpSender(HttpRunnerConfig config, int maxIdle) {
    this(
        config,
        maxIdle,
        host -> List.of(InetAddress.getAllByName(host)),
        HttpSender::tls,
        InstantSource.system());
  }

  HttpSender(
      HttpRunnerConfig config,
      int maxIdle,
      NameLookup.Names names,
      Supplier<SSLContext> tls,
      InstantSource clock) {
    pool = new ConnectionPool(maxIdle);
    this.config = config;
    this.clock = clock;
    lookup = new NameLookup(names);
    guard = new TargetGuard(config.allowed(), config.privateHosts());
    connector =
        new Connector(
            config.connectTimeout(), guard, lookup, () -> tls.get().getSocketFactory(), memory);
    deadlines =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("http-deadlines").factory());
    deadlines.setRemoveOnCancelPolicy(true);
    var unused =
        deadlines.scheduleWithFixedDelay(
            pool::closeExpired,
            CLOSE_EXPIRED_EVERY.toMillis(),
            CLOSE_EXPIRED_EVERY.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /// The default context of the JVM, created at first use: it reads every trusted authority, which
  /// would take a fifth of a node's start.
  private static SSLContext tls() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("TLS cannot be used: " + e.getMessage(), e);
    }
  }

  /// Tells why requests to a target are refused, as far as that shows without a lookup of its name.
  ///
  /// @return empty if they are allowed, or if the addresses of the name decide
  Optional<String> refusal(URI target) {
    return guard.refusal(OutboundRequest.host(target));
  }

  /// Sends one request and waits for the complete response.
  ///
  /// @return the response, whatever its status
  /// @throws TaskFailure permanent, if the target is refused; retryable, if it could not be reached
  ///   or sent no complete response in time: it may or may not have done the work
  public InboundResponse send(OutboundRequest outbound, TaskRun task)
      throws TaskFailure, InterruptedException {
    return send(outbound, task, TaskHeaders.traceparent(task.traceparent()));
  }

  /// @param traceparent the header of that name
  InboundResponse send(OutboundRequest outbound, TaskRun task, String traceparent)
      throws TaskFailure, InterruptedException {
    Duration timeout =
        outbound.timeout().compareTo(config.timeout()) < 0 ? outbound.timeout() : config.timeout();
    Exchange exchange = new Exchange(timeout);
    ScheduledFuture<?> deadline =
        deadlines.schedule(exchange::expire, timeout.toNanos(), TimeUnit.NANOSECONDS);
    try {
      return send(request(outbound, task, traceparent), outbound.origin(), exchange);
    } catch (IOException | HttpException e) {
      if (Thread.interrupted()) {
        InterruptedException interrupted = new InterruptedException("interrupted while it waited");
        interrupted.initCause(e);
        throw interrupted;
      }
      TaskFailure failure = TaskFailure.retryable(outbound.origin() + " " + describe(e, exchange));
      failure.initCause(e);
      throw failure;
    } finally {
      deadline.cancel(false);
    }
  }

  /// Sends on an idle connection, if there is one. Where it ends before the first byte of a
  /// response, the target was just closing it and has most likely not read the request. The request
  /// is then sent once more, on a new connection (RFC 9112, section 9.3.1).
  private InboundResponse send(
      ClassicHttpRequest request, OutboundRequest.Origin origin, Exchange exchange)
      throws IOException, HttpException, TaskFailure, InterruptedException {
    Optional<Connection> idle = pool.take(origin);
    if (idle.isPresent()) {
      long receivedBefore = idle.get().received();
      try {
        return send(request, idle.get(), exchange);
      } catch (IOException e) {
        boolean unanswered = idle.get().received() == receivedBefore;
        if (!unanswered || exchange.expired() || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        LOG.log(DEBUG, () -> "idle connection ended, request is sent again target=" + origin, e);
      }
    }
    return send(request, connector.open(origin, exchange), exchange);
  }

  private InboundResponse send(ClassicHttpRequest request, Connection connection, Exchange exchange)
      throws IOException, HttpException {
    Duration reuse = Duration.ZERO;
    RequestWrite write = new RequestWrite(request, connection);
    try {
      exchange.uses(connection.base());
      write.start();
      ClassicHttpResponse response = receive(request, connection.http(), write);
      InboundResponse inbound = read(response);
      if (!inbound.truncated()
          && reusable(request, response)
          && connection.http().isConsistent()
          && write.done()) {
        reuse = ConnectionPool.keepAliveTime(inbound.header("keep-alive"));
      }
      return inbound;
    } finally {
      connection.head().release();
      if (exchange.end() && reuse.isPositive() && !Thread.currentThread().isInterrupted()) {
        pool.keep(connection, reuse);
      } else {
        connection.drop();
      }
    }
  }

  private ClassicHttpRequest request(OutboundRequest outbound, TaskRun task, String traceparent) {
    ClassicHttpRequest request = new BasicClassicHttpRequest(outbound.method(), "/");
    request.setPath(outbound.path()); // the constructor would read //a/b as the host a
    request.setHeader("Host", outbound.origin().authority());
    request.setHeader("User-Agent", USER_AGENT);
    request.setHeader("Accept-Encoding", "identity");
    outbound.headers().forEach(request::setHeader);
    SigningKeys keys = config.keys().of(outbound.origin().host());
    TaskHeaders.of(task, outbound.body(), keys, clock.instant()).forEach(request::setHeader);
    request.setHeader("traceparent", traceparent);
    if (outbound.body().length > 0) {
      request.setEntity(new ByteArrayEntity(outbound.body(), (ContentType) null));
      request.setHeader("Content-Length", outbound.body().length);
    } else if (!outbound.method().equals("GET") && !outbound.method().equals("HEAD")) {
      request.setHeader("Content-Length", 0);
    }
    return request;
  }

  private static ClassicHttpResponse receive(
      ClassicHttpRequest request, DefaultBHttpClientConnection http, RequestWrite write)
      throws IOException, HttpException {
    for (int interim = 0; interim < MAX_INTERIM; interim++) {
      ClassicHttpResponse response;
      try {
        response = http.receiveResponseHeader();
      } catch (IOException e) {
        throw write.failure().orElse(e);
      }
      if (response.getCode() >= FIRST_FINAL || response.getCode() == SWITCHING) {
        if (MessageSupport.canResponseHaveBody(request.getMethod(), response)) {
          http.receiveResponseEntity(response);
        }
        return response;
      }
    }
    throw new HttpException("sent too many interim responses");
  }

  private InboundResponse read(ClassicHttpResponse response) throws IOException {
    HttpEntity entity = response.getEntity();
    ResponseMemoryLimit.Body body = // closing its stream would read to its end
        entity == null
            ? new ResponseMemoryLimit.Body(new byte[0], false)
            : memory.read(entity.getContent(), config.maxResponseBytes());
    Map<String, String> headers = new HashMap<>();
    for (Header header : response.getHeaders()) {
      headers.putIfAbsent(
          header.getName().toLowerCase(Locale.ROOT), String.valueOf(header.getValue()));
    }
    return new InboundResponse(
        response.getCode(), Map.copyOf(headers), body.bytes(), body.truncated());
  }

  private static boolean reusable(ClassicHttpRequest request, ClassicHttpResponse response) {
    return response.getCode() != SWITCHING
        && DefaultConnectionReuseStrategy.INSTANCE.keepAlive(
            request, response, HttpCoreContext.create());
  }

  private static String describe(Exception e, Exchange exchange) {
    if (exchange.expired()) {
      return "sent no complete response within " + exchange.timeout().toMillis() + " ms";
    }
    return switch (e) {
      case UnknownHostException _ -> "cannot be reached: its name is unknown";
      case SocketTimeoutException _ -> "cannot be reached in time (HTTP_CONNECT_TIMEOUT)";
      case SSLException _ -> "failed the TLS handshake: " + e.getMessage();
      case HttpException _ -> "sent no valid HTTP/1.1 response: " + e.getMessage();
      default -> "connection failed: " + e.getMessage();
    };
  }

  /// How many idle connections are kept.
  int idleConnections() {
    return pool.count();
  }

  @Override
  public void close() {
    deadlines.shutdownNow();
    pool.close();
    lookup.close();
  }
}
