package dev.taskscheduler.tracing.otel;

import dev.taskscheduler.tracing.TraceContext;
import dev.taskscheduler.tracing.Tracer;
import dev.taskscheduler.tracing.TracingConfig;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// Records spans with the OpenTelemetry SDK. Ended spans wait in a queue of 2,048; where it is full
/// they are dropped, so that a collector that is slow or away costs no task anything.
public final class OtelTracer implements Tracer {
  private static final int MOST_WAITING = 2_048;
  private static final int MOST_AT_ONCE = 512;
  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final Duration LONGEST_CALL = Duration.ofSeconds(5);
  private static final Duration LONGEST_CONNECT = Duration.ofSeconds(2);
  private static final Duration LAST_SPANS = Duration.ofSeconds(3);
  private static final int LONGEST_VALUE = 256;

  private final SdkTracerProvider provider;
  private final io.opentelemetry.api.trace.Tracer tracer;

  /// @param node the name of this node
  /// @param version of this program
  public OtelTracer(TracingConfig config, String node, String version) {
    OtlpHttpSpanExporterBuilder exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(config.endpoint().toString())
            .setTimeout(LONGEST_CALL)
            .setConnectTimeout(LONGEST_CONNECT)
            .setRetryPolicy(null); // the next batch is the next try
    config.headers().forEach(exporter::addHeader);
    provider =
        SdkTracerProvider.builder()
            .setResource(
                Resource.create(
                    Attributes.builder()
                        .put("service.name", config.service())
                        .put("service.version", version)
                        .put("service.instance.id", node)
                        .build()))
            .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(config.ratio())))
            .setSpanLimits(SpanLimits.builder().setMaxAttributeValueLength(LONGEST_VALUE).build())
            .addSpanProcessor(
                BatchSpanProcessor.builder(new SaidExporter(exporter.build(), config.toString()))
                    .setMaxQueueSize(MOST_WAITING)
                    .setMaxExportBatchSize(MOST_AT_ONCE)
                    .setScheduleDelay(EVERY)
                    .setExporterTimeout(LONGEST_CALL)
                    .build())
            .build();
    tracer = provider.get("dev.taskscheduler", version);
  }

  @Override
  public boolean records() {
    return true;
  }

  @Override
  public Span begin(Start start) {
    return new Recorded(builder(start).startSpan());
  }

  @Override
  public Span begin(Start start, Instant at) {
    return new Recorded(builder(start).setStartTimestamp(at).startSpan());
  }

  private SpanBuilder builder(Start start) {
    SpanBuilder builder =
        tracer.spanBuilder(start.name()).setSpanKind(SpanKind.valueOf(start.kind().name()));
    Optional<TraceContext> link = start.link();
    // A trace that its sender does not record is not recorded in a trace of its own either.
    Optional<TraceContext> parent =
        start.parent().or(() -> link.filter(context -> !context.sampled()));
    parent.ifPresentOrElse(
        context ->
            builder.setParent(
                Context.root().with(io.opentelemetry.api.trace.Span.wrap(remote(context)))),
        builder::setNoParent);
    link.ifPresent(context -> builder.addLink(remote(context)));
    return builder;
  }

  private static SpanContext remote(TraceContext context) {
    return SpanContext.createFromRemoteParent(
        context.traceId(),
        context.spanId(),
        context.sampled() ? TraceFlags.getSampled() : TraceFlags.getDefault(),
        TraceState.getDefault());
  }

  @Override
  public void close() {
    provider.shutdown().join(LAST_SPANS.toMillis(), TimeUnit.MILLISECONDS);
  }

  private record Recorded(io.opentelemetry.api.trace.Span span) implements Span {
    @Override
    public Optional<TraceContext> context() {
      SpanContext own = span.getSpanContext();
      return Optional.of(
          new TraceContext(own.getTraceId(), own.getSpanId(), own.getTraceFlags().asByte()));
    }

    @Override
    public Span with(String attribute, String value) {
      span.setAttribute(attribute, value);
      return this;
    }

    @Override
    public Span with(String attribute, long value) {
      span.setAttribute(AttributeKey.longKey(attribute), value);
      return this;
    }

    @Override
    public Span failed(String error) {
      span.setStatus(StatusCode.ERROR, error.substring(0, Math.min(error.length(), LONGEST_VALUE)));
      return this;
    }

    @Override
    public void end() {
      span.end();
    }

    @Override
    public void end(Instant at) {
      span.end(at);
    }
  }
}
