package dev.taskscheduler.local;

import java.time.Duration;
import java.util.Locale;

/// The words of `./run` once its first node is ready: what to open, what to paste, where the data
/// is, how to stop.
///
/// @param tls whether the node speaks HTTPS
/// @param tokens whether callers need a token
/// @param data where tasks are kept, for people
/// @param drain how long running tasks may go on at a stop, for people
record Banner(
    String version, NodeProbe node, boolean tls, boolean tokens, String data, String drain) {
  String text(Duration start) {
    String url = node.url(tls);
    return """

    task-scheduler %s is ready after %s s.
      open     %s/
      API      %s/swagger/
      try it   curl %s/submit %s-H 'Content-Type: application/json' -d '{"payload":{"job":"demo"}}'
      data     %s
      stop     Ctrl-C waits %s for running tasks; a second Ctrl-C stops at once
    """
        .formatted(
            version,
            String.format(Locale.ROOT, "%.1f", start.toMillis() / 1_000.0),
            url,
            url,
            url,
            tokens ? "-H 'Authorization: Bearer TOKEN' " : "",
            data,
            drain);
  }
}
