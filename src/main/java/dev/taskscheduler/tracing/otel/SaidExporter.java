package dev.taskscheduler.tracing.otel;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Sends spans, and logs when a collector stops answering and when it answers again: two lines, and
/// not one for each batch.
final class SaidExporter implements SpanExporter {
  private static final System.Logger LOG = System.getLogger(SaidExporter.class.getName());

  /// The SDK's own lines, one with a stack trace for each failure. Held, since what nobody holds
  /// forgets its level.
  private static final Logger SILENCED = Logger.getLogger("io.opentelemetry");

  private static final int MOST_CAUSES = 10;

  private final SpanExporter exporter;
  private final String collector;
  private final AtomicLong lost = new AtomicLong(); // since the collector last answered

  SaidExporter(SpanExporter exporter, String collector) {
    SILENCED.setLevel(Level.OFF);
    this.exporter = exporter;
    this.collector = collector;
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    int count = spans.size();
    CompletableResultCode result = exporter.export(spans);
    return result.whenComplete(() -> {
      if (result.isSuccess()) {
        tellAgain(lost.getAndSet(0));
      } else if (lost.getAndAdd(count) == 0) {
        LOG.log(
            WARNING,
            () ->
                "traces cannot be sent, they are dropped until the collector answers collector=%s why=%s"
                    .formatted(collector, why(result.getFailureThrowable())));
      }
    });
  }

  /// The innermost cause: what wraps it are names of the SDK.
  private static String why(@Nullable Throwable failure) {
    Throwable why = failure;
    for (int i = 0; i < MOST_CAUSES && why != null && why.getCause() != null; i++) {
      why = why.getCause();
    }
    return String.valueOf(why);
  }

  private void tellAgain(long count) {
    if (count > 0) {
      LOG.log(INFO, () -> "traces are sent again collector=" + collector + " lost=" + count);
    }
  }

  @Override
  public CompletableResultCode flush() {
    return exporter.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    return exporter.shutdown();
  }
}
