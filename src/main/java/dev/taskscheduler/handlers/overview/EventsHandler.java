package dev.taskscheduler.handlers.overview;

import dev.taskscheduler.handlers.auth.Caller;
import dev.taskscheduler.handlers.server.RequestDeadline;
import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.handlers.wire.Responses;
import io.helidon.common.media.type.MediaTypes;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.http.sse.SseEvent;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.sse.SseSink;
import java.time.Duration;
import java.util.Optional;

/// `GET /events`: the overview as server-sent events, about one a second, until the listener goes
/// away, is too slow, or may not read any more, or the node stops.
public final class EventsHandler implements Handler {
  private static final Header NOT_BUFFERED =
      HeaderValues.createCached(HeaderNames.create("X-Accel-Buffering"), "no");
  private static final String WELCOME = " one event a second; connect again when the stream ends";
  private static final Duration LATER = Duration.ofSeconds(5);

  private final EventStreams streams;
  private final RequestDeadline deadline;

  public EventsHandler(EventStreams streams, RequestDeadline deadline) {
    this.streams = streams;
    this.deadline = deadline;
  }

  @Override
  public void handle(ServerRequest req, ServerResponse res) {
    if (!req.headers().isAccepted(MediaTypes.TEXT_EVENT_STREAM)) {
      Responses.problem(
          req,
          res,
          Problem.of(
              Status.NOT_ACCEPTABLE_406,
              "This path answers with events: send Accept: text/event-stream, or get /overview."));
      return;
    }
    if (req.prologue().method().equals(Method.HEAD)) {
      res.header(HeaderValues.CONTENT_TYPE_EVENT_STREAM);
      Responses.empty(res, Status.OK_200);
      return;
    }
    if (!streams.enter()) {
      Responses.problem(req, res, tooMany());
      return;
    }
    try {
      listen(res);
    } finally {
      streams.leave();
    }
  }

  private Problem tooMany() {
    return Problem.of(
            Status.SERVICE_UNAVAILABLE_503,
            ("This node has as many listeners of /events as it may (MAX_EVENT_STREAMS=%s), or it"
                    + " stops. Get /overview every few seconds, or listen to another node.")
                .formatted(streams.most()))
        .retry(LATER);
  }

  private void listen(ServerResponse res) {
    res.header(NOT_BUFFERED);
    // The last on its connection: nobody knows how much of it was written when it is cut off.
    res.header(HeaderValues.CONNECTION_CLOSE);
    try (SseSink sink = res.sink(SseSink.TYPE)) {
      send(sink, SseEvent.builder().comment(WELCOME).build());
      long sent = 0;
      while (Caller.isStillAdmitted()) {
        Optional<EventStreams.Event> event = streams.next(sent);
        if (event.isEmpty()) {
          return;
        }
        sent = event.get().number();
        send(sink, SseEvent.builder().name("overview").data(event.get().data()).build());
      }
    } catch (InterruptedException e) {
      throw new CloseConnectionException("the listener was too slow", e);
    }
  }

  private void send(SseSink sink, SseEvent event) {
    deadline.writing();
    sink.emit(event);
    deadline.written();
  }
}
