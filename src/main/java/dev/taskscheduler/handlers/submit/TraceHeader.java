package dev.taskscheduler.handlers.submit;

import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.TaskOption;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerRequestHeaders;
import java.util.regex.Pattern;

/// The header `traceparent` (W3C Trace Context): kept with the task, and handed on by runners that
/// call others. What is malformed is passed over, as the specification asks.
final class TraceHeader {
  private static final HeaderName NAME = HeaderNames.create("traceparent");
  private static final Pattern FORM =
      Pattern.compile("00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

  private TraceHeader() {}

  static NewTask kept(ServerRequestHeaders headers, NewTask task) {
    if (!headers.contains(NAME)) {
      return task; // nearly always
    }
    String value = headers.get(NAME).get();
    return FORM.matcher(value).matches()
        ? task.options(task.options().with(TaskOption.TRACEPARENT, value))
        : task;
  }
}
