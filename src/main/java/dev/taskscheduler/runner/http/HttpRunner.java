package dev.taskscheduler.runner.http;

import dev.taskscheduler.spi.PayloadError;
import dev.taskscheduler.spi.TaskFailure;
import dev.taskscheduler.spi.TaskResult;
import dev.taskscheduler.spi.TaskRun;
import dev.taskscheduler.spi.TaskRunner;
import dev.taskscheduler.tracing.TraceContext;
import dev.taskscheduler.tracing.Tracer;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Runs tasks of type `http`: sends the request that the payload describes. The status of the
/// response decides the outcome (`docs/http-runner.md`).
public final class HttpRunner implements TaskRunner {
  public static final String TYPE = "http";

  private static final int MAX_QUOTE = 200;

  private final HttpSender sender;
  private final InstantSource clock;
  private final TargetListener listener;
  private final Tracer tracer;

  /// @param sender is not closed by this runner
  /// @param tracer records the requests
  public HttpRunner(HttpSender sender, TargetListener listener, Tracer tracer) {
    this(sender, InstantSource.system(), listener, tracer);
  }

  HttpRunner(HttpSender sender, InstantSource clock, TargetListener listener) {
    this(sender, clock, listener, Tracer.NONE);
  }

  private HttpRunner(
      HttpSender sender, InstantSource clock, TargetListener listener, Tracer tracer) {
    this.tracer = tracer;
    this.sender = sender;
    this.clock = clock;
    this.listener = listener;
  }

  @Override
  public String type() {
    return TYPE;
  }

  /// Checks all but the addresses of a name, which are checked when the task runs.
  @Override
  public List<PayloadError> payloadErrors(byte[] payload) {
    HttpPayload read = HttpPayload.read(payload);
    List<PayloadError> faults = new ArrayList<>(read.faults());
    read.target().flatMap(this::refusal).ifPresent(faults::add);
    return faults;
  }

  /// The error of a payload whose target would be refused whenever it is asked.
  Optional<PayloadError> refusal(URI target) {
    return sender.refusal(target).map(why -> new PayloadError("/url", "cannot be called: " + why));
  }

  /// @throws TaskFailure by the table in `docs/http-runner.md`
  @Override
  public TaskResult run(TaskRun task) throws TaskFailure, InterruptedException {
    HttpPayload payload = HttpPayload.read(task.payload());
    if (!payload.faults().isEmpty()) {
      throw TaskFailure.permanent(
          payload.faults().stream().map(PayloadError::toString).collect(Collectors.joining("; ")));
    }
    return send(payload.call(), task, type(), task.maxResultBytes());
  }

  /// Sends a request for a task and turns the response into a result or a failure.
  ///
  /// @param type of the task, for metrics
  TaskResult send(OutboundRequest request, TaskRun task, String type, int maxResultBytes)
      throws TaskFailure, InterruptedException {
    InboundResponse response = exchange(request, task, type);
    return switch (ResponseClass.of(response.status())) {
      case SUCCESS -> new TaskResult(ResponseJson.of(response, maxResultBytes));
      case PERMANENT -> throw TaskFailure.permanent(describe(request, response));
      case RETRYABLE -> throw TaskFailure.retryable(describe(request, response));
      case BUSY -> {
        Optional<Duration> wait =
            response
                .header("retry-after")
                .flatMap(value -> RetryAfter.read(value, clock.instant()));
        throw wait.isPresent()
            ? TaskFailure.retryable(describe(request, response), wait.get())
            : TaskFailure.retryable(describe(request, response));
      }
    };
  }

  private InboundResponse exchange(OutboundRequest request, TaskRun task, String type)
      throws TaskFailure, InterruptedException {
    try {
      InboundResponse response =
          tracer.records() ? traced(request, task) : sender.send(request, task);
      listener.requestEnded(type, ResponseCategory.of(response.status()));
      return response;
    } catch (TaskFailure e) {
      listener.requestEnded(
          type, e.isPermanent() ? ResponseCategory.REFUSED : ResponseCategory.NONE);
      throw e;
    }
  }

  /// The span is a part of the attempt's, and the header names it. Its attributes have no path and
  /// no query: those may hold secrets.
  private InboundResponse traced(OutboundRequest request, TaskRun task)
      throws TaskFailure, InterruptedException {
    Tracer.Span span =
        tracer
            .begin(
                Tracer.Start.within(
                    request.method(),
                    Tracer.Kind.CLIENT,
                    task.traceparent().flatMap(TraceContext::parse)))
            .with("http.request.method", request.method())
            .with("server.address", request.origin().host())
            .with("server.port", request.origin().port());
    try {
      String header = span.context().orElseGet(TraceContext::begin).traceparent();
      InboundResponse response = sender.send(request, task, header);
      span.with("http.response.status_code", response.status());
      if (response.status() >= 400) {
        span.failed("status " + response.status());
      }
      return response;
    } catch (TaskFailure e) {
      span.failed(String.valueOf(e.getMessage()));
      throw e;
    } finally {
      span.end();
    }
  }

  private static String describe(OutboundRequest request, InboundResponse response) {
    String quote =
        response
            .text()
            .map(text -> text.replaceAll("\\p{Cntrl}+", " ").strip())
            .map(text -> text.length() <= MAX_QUOTE ? text : prefix(text) + "...")
            .orElse("");
    boolean redirect = response.status() >= 300 && response.status() < 400;
    return request.origin()
        + " answered "
        + response.status()
        + (redirect ? " (redirects are not followed: submit a task with the final URL)" : "")
        + (quote.isEmpty() ? "" : ": " + quote);
  }

  /// The first characters of a text; a surrogate pair is not split.
  private static String prefix(String text) {
    return text.substring(
        0, Character.isHighSurrogate(text.charAt(MAX_QUOTE - 1)) ? MAX_QUOTE - 1 : MAX_QUOTE);
  }
}
