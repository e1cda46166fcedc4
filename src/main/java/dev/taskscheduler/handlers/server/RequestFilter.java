package dev.taskscheduler.handlers.server;

import dev.taskscheduler.handlers.wire.ContentLength;
import dev.taskscheduler.handlers.wire.HttpListener;
import dev.taskscheduler.handlers.wire.Paths;
import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.handlers.wire.SecurityHeaders;
import dev.taskscheduler.handlers.wire.TraceHeader;
import dev.taskscheduler.logging.LogFields;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.Filter;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;

/// Wraps every request. It informs the listener, adds the headers of every response, ends the
/// deadline, and yields to other connections before this one is read again.
public final class RequestFilter implements Filter {
  private static final int CUT_OFF = 499;

  private static final String FRAMING =
      "Send either Transfer-Encoding: chunked or one Content-Length in decimal digits.";

  private static final String PATH =
      "Write the path plainly: without dot segments, empty segments, percent signs, ';' and '\\'."
          + " The name of a queue or schedule may have %2A for * and %3A for the colon.";

  private static final String QUEUES = "/queues/";
  private static final String SCHEDULES = "/schedules/";

  private static final int MOST_DIGITS = 18;

  private final int maxBodyBytes;
  private final int maxBatchBytes;
  private final HttpListener listener;
  private final RequestDeadline deadline;
  private final OpenConnections connections;
  private final SecurityHeaders security;

  public RequestFilter(
      int maxBodyBytes,
      int maxBatchBytes,
      HttpListener listener,
      RequestDeadline deadline,
      OpenConnections connections,
      SecurityHeaders security) {
    this.maxBodyBytes = maxBodyBytes;
    this.maxBatchBytes = maxBatchBytes;
    this.security = security;
    this.listener = listener;
    this.deadline = deadline;
    this.connections = connections;
  }

  /// Whether more of the body is left to read than a little: then it is not read, and the
  /// connection is closed. A body in chunks may be of any size, and one that waits for `100
  /// Continue` may never come.
  private static boolean leavesMuch(RoutingRequest req) {
    if (req.content().consumed()) {
      return false;
    }
    return !req.headers().contains(HeaderNames.CONTENT_LENGTH)
        || ContentLength.of(req.headers()) > FramedHttp1.LITTLE
        || req.headers().contains(HeaderValues.EXPECT_100);
  }

  /// Whether it is plain where the body ends: one length in digits, or chunks. A proxy in front may
  /// see all else otherwise than Helidon, and take a part of the body for a request of its own.
  private static boolean framed(ServerRequestHeaders headers) {
    if (!headers.contains(HeaderNames.CONTENT_LENGTH)) {
      return true;
    }
    Header length = headers.get(HeaderNames.CONTENT_LENGTH);
    return length.valueCount() == 1
        && digits(length.get())
        && !headers.contains(HeaderNames.TRANSFER_ENCODING);
  }

  private static boolean digits(String length) {
    for (int i = 0; i < length.length(); i++) {
      if (length.charAt(i) < '0' || length.charAt(i) > '9') {
        return false;
      }
    }
    return !length.isEmpty() && length.length() <= MOST_DIGITS;
  }

  /// Whether a path means the same to everyone who reads it. Helidon resolves dot segments, decodes
  /// percent signs and cuts parameters off before it looks for a route, so that `/tasks/./retry`
  /// would be `/tasks/retry`, which is for all tasks. No path here needs any of these, but some
  /// clients encode two marks that the name of a queue or a pattern may have.
  static boolean plain(String path) {
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if ((c == '%' && !isMark(path, i))
          || c == ';'
          || c == '\\'
          || (c == '/' && oddSegment(path, i + 1))) {
        return false;
      }
    }
    return true;
  }

  /// Whether `*` or `:` is encoded there, in the name of a queue or schedule.
  private static boolean isMark(String path, int at) {
    return (path.startsWith(QUEUES) || path.startsWith(SCHEDULES))
        && (path.regionMatches(true, at, "%2A", 0, 3) || path.regionMatches(true, at, "%3A", 0, 3));
  }

  /// Whether the segment that begins at `from` is `.`, `..`, or empty before another.
  private static boolean oddSegment(String path, int from) {
    if (from == path.length() || path.charAt(from) != '.') {
      return path.startsWith("/", from);
    }
    int slash = path.indexOf('/', from);
    int length = (slash < 0 ? path.length() : slash) - from;
    return length == 1 || (length == 2 && path.charAt(from + 1) == '.');
  }

  private static LogFields fields(ServerRequestHeaders headers) {
    return LogFields.NONE.trace(TraceHeader.of(headers));
  }

  private int largest(RoutingRequest req) {
    return req.path().path().equals(Paths.BATCH) ? maxBatchBytes : maxBodyBytes;
  }

  @Override
  @SuppressWarnings("ThreadPriorityCheck") // a hint that costs nothing where it does not help
  public void filter(FilterChain chain, RoutingRequest req, RoutingResponse res) {
    long from = System.nanoTime();
    int status = CUT_OFF;
    boolean framed = framed(req.headers());
    res.beforeSend(() -> {
      security.addTo(res.headers());
      if (connections.draining() || leavesMuch(req)) {
        res.header(HeaderValues.CONNECTION_CLOSE);
      }
    });
    try {
      if (framed) {
        if (ContentLength.of(req.headers()) > largest(req)) {
          Responses.problem(req, res, ErrorMapping.tooLarge());
        } else if (!plain(req.prologue().uriPath().rawPath())) {
          Responses.problem(req, res, Problem.of(Status.BAD_REQUEST_400, PATH));
        } else {
          ScopedValue.where(LogFields.CURRENT, () -> fields(req.headers())).run(chain::proceed);
        }
      } else {
        res.header(HeaderValues.CONNECTION_CLOSE); // nobody knows where the next request begins
        Responses.problem(req, res, Problem.of(Status.BAD_REQUEST_400, FRAMING));
      }
      status = res.status().code();
      if (res.headers().contains(HeaderValues.CONNECTION_CLOSE)) {
        // Helidon says so in its answer and goes on reading, be it in the middle of a refused body.
        throw new CloseConnectionException("answered, and the last on this connection");
      }
    } finally {
      String path = Paths.name(req.path().path());
      // How long somebody listens says nothing of how fast this node answers.
      long took = path.equals(Paths.EVENTS) ? 0 : System.nanoTime() - from;
      listener.answered(path, status, took);
      if (req.content().consumed()) {
        deadline.ended();
      } // else the rest of the body is still to be read, and the deadline holds for that too
    }
    // Where many connections are busy, the client's next request is often there when this one's
    // turn to be read comes again, and needs no poll and no wake-up.
    Thread.yield();
  }
}
