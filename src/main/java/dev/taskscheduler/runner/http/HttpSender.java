package dev.taskscheduler.runner.http;

import static java.lang.System.Logger.Level.DEBUG;

import dev.taskscheduler.runner.TaskFailure;
import dev.taskscheduler.runner.TaskRun;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
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

/// Sends requests for tasks and reads what is answered, within bounds: of time, of bytes, and of
/// whom it may ask. It follows no redirect, keeps no cookie and unpacks nothing.
///
/// For thousands of virtual threads at once; an interrupt ends an exchange at once only on these.
public final class HttpSender implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(HttpSender.class.getName());

  /// How many connections may wait for another exchange.
  public static final int MOST_IDLE = 256;

  private static final String USER_AGENT = "task-scheduler";
  private static final int SWITCHING = 101;
  private static final int FIRST_FINAL = 200;
  private static final int MOST_INTERIM = 10;
  private static final Duration SWEEP = Duration.ofSeconds(1);

  private final HttpRunnerConfig config;
  private final InstantSource clock;
  private final NameLookup lookup;
  private final Connector connector;
  private final ResponseMemoryLimit room =
      new ResponseMemoryLimit(Runtime.getRuntime().maxMemory() / 8);
  private final ConnectionPool kept;
  private final ScheduledThreadPoolExecutor deadlines;

  public HttpSender(HttpRunnerConfig config) {
    this(config, MOST_IDLE);
  }

  /// @param idle connections that are kept for another exchange, [#MOST_IDLE] at the most
  public HttpSender(HttpRunnerConfig config, int idle) {
    this(
        config,
        idle,
        host -> List.of(InetAddress.getAllByName(host)),
        HttpSender::tls,
        InstantSource.system());
  }

  HttpSender(
      HttpRunnerConfig config,
      NameLookup.Names names,
      Supplier<SSLContext> tls,
      InstantSource clock) {
    this(config, MOST_IDLE, names, tls, clock);
  }

  private HttpSender(
      HttpRunnerConfig config,
      int idle,
      NameLookup.Names names,
      Supplier<SSLContext> tls,
      InstantSource clock) {
    kept = new ConnectionPool(idle);
    this.config = config;
    this.clock = clock;
    lookup = new NameLookup(names);
    connector =
        new Connector(
            config.connectTimeout(),
            new TargetGuard(config.allowed(), config.privates()),
            lookup,
            () -> tls.get().getSocketFactory(),
            room);
    deadlines =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("http-deadlines").factory());
    deadlines.setRemoveOnCancelPolicy(true);
    var unused =
        deadlines.scheduleWithFixedDelay(
            kept::sweep, SWEEP.toMillis(), SWEEP.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// The JVM's own, which is made when it is first asked for: that reads every authority that is
  /// trusted, a fifth of the time of a node's start.
  private static SSLContext tls() {
    try {
      return SSLContext.getDefault();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("TLS cannot be used: " + e.getMessage(), e);
    }
  }

  /// Sends one request and waits for all of its answer.
  ///
  /// @return the answer, whatever its status
  /// @throws TaskFailure lasting, if this target must not be asked; passing, if it could not be
  ///   asked or gave no whole answer in time: it may or may not have done what it was asked for
  public InboundResponse send(OutboundRequest call, TaskRun task)
      throws TaskFailure, InterruptedException {
    Duration timeout =
        call.timeout().compareTo(config.timeout()) < 0 ? call.timeout() : config.timeout();
    Exchange exchange = new Exchange(timeout);
    ScheduledFuture<?> watch =
        deadlines.schedule(exchange::expire, timeout.toNanos(), TimeUnit.NANOSECONDS);
    try {
      return send(request(call, task), call.origin(), exchange);
    } catch (IOException | HttpException e) {
      if (Thread.interrupted()) {
        InterruptedException interrupted = new InterruptedException("interrupted while it waited");
        interrupted.initCause(e);
        throw interrupted;
      }
      TaskFailure failure = TaskFailure.passing(call.origin() + " " + described(e, exchange));
      failure.initCause(e);
      throw failure;
    } finally {
      watch.cancel(false);
    }
  }

  /// On a kept connection, if there is one. Where that ends before the first byte of an answer, its
  /// target was just closing it and has most likely not read the request, so it is sent once more,
  /// on a new connection (RFC 9112, section 9.3.1).
  private InboundResponse send(
      ClassicHttpRequest request, OutboundRequest.Origin origin, Exchange exchange)
      throws IOException, HttpException, TaskFailure, InterruptedException {
    Optional<Connection> waiting = kept.take(origin);
    if (waiting.isPresent()) {
      long before = waiting.get().received();
      try {
        return send(request, waiting.get(), exchange);
      } catch (IOException e) {
        boolean unanswered = waiting.get().received() == before;
        if (!unanswered || exchange.over() || Thread.currentThread().isInterrupted()) {
          throw e;
        }
        LOG.log(DEBUG, () -> "kept connection ended, request is sent again target=" + origin, e);
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
      ClassicHttpResponse response = answered(request, connection.http(), write);
      InboundResponse answer = read(response);
      if (!answer.cut()
          && reusable(request, response)
          && connection.http().isConsistent()
          && write.done()) {
        reuse = KeepAlive.time(answer.header("keep-alive"));
      }
      return answer;
    } finally {
      connection.head().release();
      if (exchange.end() && reuse.isPositive() && !Thread.currentThread().isInterrupted()) {
        kept.keep(connection, reuse);
      } else {
        connection.drop();
      }
    }
  }

  private ClassicHttpRequest request(OutboundRequest call, TaskRun task) {
    ClassicHttpRequest request = new BasicClassicHttpRequest(call.method(), "/");
    request.setPath(call.path()); // the constructor would take //a/b for the host a
    request.setHeader("Host", call.origin().authority());
    request.setHeader("User-Agent", USER_AGENT);
    request.setHeader("Accept-Encoding", "identity");
    call.headers().forEach(request::setHeader);
    SigningKeys keys = config.keys().of(call.origin().host());
    TaskHeaders.of(task, call.body(), keys, clock.instant()).forEach(request::setHeader);
    if (call.body().length > 0) {
      request.setEntity(new ByteArrayEntity(call.body(), (ContentType) null));
      request.setHeader("Content-Length", call.body().length);
    } else if (!call.method().equals("GET") && !call.method().equals("HEAD")) {
      request.setHeader("Content-Length", 0);
    }
    return request;
  }

  private static ClassicHttpResponse answered(
      ClassicHttpRequest request, DefaultBHttpClientConnection http, RequestWrite write)
      throws IOException, HttpException {
    for (int interim = 0; interim < MOST_INTERIM; interim++) {
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
    throw new HttpException("sent interim answers without end");
  }

  private InboundResponse read(ClassicHttpResponse response) throws IOException {
    HttpEntity entity = response.getEntity();
    ResponseMemoryLimit.Body body = // its stream is not closed: that would read on to its end
        entity == null
            ? new ResponseMemoryLimit.Body(new byte[0], false)
            : room.read(entity.getContent(), config.maxResponseBytes());
    Map<String, String> headers = new HashMap<>();
    for (Header header : response.getHeaders()) {
      headers.putIfAbsent(
          header.getName().toLowerCase(Locale.ROOT), String.valueOf(header.getValue()));
    }
    return new InboundResponse(response.getCode(), Map.copyOf(headers), body.bytes(), body.cut());
  }

  private static boolean reusable(ClassicHttpRequest request, ClassicHttpResponse response) {
    return response.getCode() != SWITCHING
        && DefaultConnectionReuseStrategy.INSTANCE.keepAlive(
            request, response, HttpCoreContext.create());
  }

  private static String described(Exception e, Exchange exchange) {
    if (exchange.over()) {
      return "gave no whole answer within " + exchange.timeout().toMillis() + " ms";
    }
    return switch (e) {
      case UnknownHostException _ -> "cannot be reached: its name is not known";
      case SocketTimeoutException _ -> "cannot be reached in time (HTTP_CONNECT_TIMEOUT)";
      case SSLException _ -> "cannot be asked by TLS: " + e.getMessage();
      case HttpException _ -> "gave no answer of HTTP/1.1: " + e.getMessage();
      default -> "cannot be asked: " + e.getMessage();
    };
  }

  /// How many connections wait for another exchange.
  int idleConnections() {
    return kept.count();
  }

  @Override
  public void close() {
    deadlines.shutdownNow();
    kept.close();
    lookup.close();
  }
}
