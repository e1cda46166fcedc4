package dev.taskscheduler.runner.http;

import dev.taskscheduler.runner.TaskFailure;
import dev.taskscheduler.runner.TaskResult;
import dev.taskscheduler.runner.TaskRun;
import dev.taskscheduler.runner.TaskRunner;
import dev.taskscheduler.task.PayloadError;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Type `http`: sends the request that the payload describes, and judges by the status of its
/// answer (`docs/http-runner.md`).
public final class HttpRunner implements TaskRunner {
  private static final int QUOTED = 200;

  private final HttpSender sender;
  private final InstantSource clock;
  private final TargetListener listener;

  /// @param sender not closed by this runner
  public HttpRunner(HttpSender sender, TargetListener listener) {
    this(sender, InstantSource.system(), listener);
  }

  HttpRunner(HttpSender sender, InstantSource clock, TargetListener listener) {
    this.sender = sender;
    this.clock = clock;
    this.listener = listener;
  }

  @Override
  public String type() {
    return "http";
  }

  /// Whom it may be sent to is judged when it runs.
  @Override
  public List<PayloadError> faults(byte[] payload) {
    return HttpPayload.read(payload).faults();
  }

  /// @throws TaskFailure lasting or passing, by the table in `docs/http-runner.md`
  @Override
  public TaskResult run(TaskRun task) throws TaskFailure, InterruptedException {
    HttpPayload payload = HttpPayload.read(task.payload());
    if (!payload.faults().isEmpty()) {
      throw TaskFailure.lasting(
          payload.faults().stream().map(PayloadError::toString).collect(Collectors.joining("; ")));
    }
    return send(payload.call(), task, type(), task.maxResultBytes());
  }

  /// Sends a request for a task and judges by its answer.
  ///
  /// @param type of the task, for whoever counts
  /// @param kept bytes of the result, at the most
  TaskResult send(OutboundRequest call, TaskRun task, String type, int kept)
      throws TaskFailure, InterruptedException {
    InboundResponse answer = asked(call, task, type);
    return switch (ResponseClass.of(answer.status())) {
      case SUCCESS -> new TaskResult(ResponseJson.of(answer, kept));
      case LASTING -> throw TaskFailure.lasting(said(call, answer));
      case PASSING -> throw TaskFailure.passing(said(call, answer));
      case BUSY -> {
        Optional<Duration> wait =
            answer.header("retry-after").flatMap(value -> RetryAfter.read(value, clock.instant()));
        throw wait.isPresent()
            ? TaskFailure.passing(said(call, answer), wait.get())
            : TaskFailure.passing(said(call, answer));
      }
    };
  }

  private InboundResponse asked(OutboundRequest call, TaskRun task, String type)
      throws TaskFailure, InterruptedException {
    try {
      InboundResponse answer = sender.send(call, task);
      listener.asked(type, ResponseCategory.of(answer.status()));
      return answer;
    } catch (TaskFailure e) {
      listener.asked(type, e.isLasting() ? ResponseCategory.REFUSED : ResponseCategory.NONE);
      throw e;
    }
  }

  private static String said(OutboundRequest call, InboundResponse answer) {
    String quote =
        answer
            .text()
            .map(text -> text.replaceAll("\\p{Cntrl}+", " ").strip())
            .map(text -> text.length() <= QUOTED ? text : begin(text) + "...")
            .orElse("");
    boolean redirect = answer.status() >= 300 && answer.status() < 400;
    return call.origin()
        + " answered "
        + answer.status()
        + (redirect ? " (redirects are not followed: submit the URL that they lead to)" : "")
        + (quote.isEmpty() ? "" : ": " + quote);
  }

  /// Never through the middle of a character.
  private static String begin(String text) {
    return text.substring(
        0, Character.isHighSurrogate(text.charAt(QUOTED - 1)) ? QUOTED - 1 : QUOTED);
  }
}
