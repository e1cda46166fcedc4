package dev.taskscheduler.cluster;

import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.taskscheduler.testing.Eventually;
import dev.taskscheduler.testing.HttpTarget;
import dev.taskscheduler.testing.RedisServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The spans of a whole node, as a collector gets them over OTLP.
@Timeout(120)
class TracesIT {
  private static final String SENDER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

  private static RedisServer redis;

  @BeforeAll
  static void start() {
    redis = new RedisServer();
  }

  @AfterAll
  static void stop() {
    redis.close();
  }

  private static NodeProcess node(String id, Map<String, String> more) {
    Map<String, String> environment =
        new java.util.HashMap<>(
            Map.of(
                "REDIS_ADDR",
                redis.address(),
                "REDIS_NAMESPACE",
                id,
                "RETRY_BACKOFF",
                "1ms",
                "HTTP_ALLOW_PRIVATE",
                "127.0.0.1"));
    environment.putAll(more);
    return NodeProcess.program(id, environment);
  }

  private static List<Span> spans(HttpTarget collector) {
    List<Span> spans = new ArrayList<>();
    for (HttpTarget.Asked asked : collector.asked()) {
      assertEquals("/v1/traces", asked.uri());
      try {
        for (ResourceSpans of :
            ExportTraceServiceRequest.parseFrom(asked.body()).getResourceSpansList()) {
          assertEquals(
              "traced",
              attributes(of.getResource().getAttributesList()).get("service.instance.id"));
          of.getScopeSpansList().forEach(scope -> spans.addAll(scope.getSpansList()));
        }
      } catch (InvalidProtocolBufferException e) {
        throw new IllegalStateException(e);
      }
    }
    return spans;
  }

  private static Map<String, String> attributes(List<KeyValue> pairs) {
    return pairs.stream()
        .collect(
            toMap(
                KeyValue::getKey,
                pair ->
                    pair.getValue().hasIntValue()
                        ? String.valueOf(pair.getValue().getIntValue())
                        : pair.getValue().getStringValue()));
  }

  private static String hex(ByteString bytes) {
    return HexFormat.of().formatHex(bytes.toByteArray());
  }

  /// The only span with this name and, where it is not empty, this parent.
  private static Span one(List<Span> spans, String name, ByteString parent) {
    List<Span> found =
        spans.stream()
            .filter(span -> span.getName().equals(name) && span.getParentSpanId().equals(parent))
            .toList();
    assertEquals(1, found.size(), () -> name + " in " + spans);
    return found.getFirst();
  }

  private static String submit(NodeProcess node, String body) throws Exception {
    java.net.http.HttpRequest request =
        java.net.http.HttpRequest.newBuilder(
                java.net.URI.create("http://127.0.0.1:" + node.port() + "/submit"))
            .header("Content-Type", "application/json")
            .header("traceparent", SENDER)
            .POST(java.net.http.HttpRequest.BodyPublishers.ofString(body))
            .build();
    try (java.net.http.HttpClient client = java.net.http.HttpClient.newHttpClient()) {
      return NodeProcess.id(
          client.send(request, java.net.http.HttpResponse.BodyHandlers.ofString()));
    }
  }

  @Test
  void a_task_with_one_retry_and_a_callback_is_a_tree_and_a_trace_with_a_link() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (HttpTarget collector = HttpTarget.answering(200, "");
        HttpTarget target =
            HttpTarget.that(exchange ->
                HttpTarget.answer(exchange, calls.incrementAndGet() == 1 ? 500 : 200, "x"));
        NodeProcess node =
            node("traced", Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", collector.address("/")))) {
      node.awaitLeads();
      String id =
          submit(
              node,
              """
              {"type": "http", "queue": "mails", "backoff": {"base": "PT0.001S"}, "payload": {"url": "%s?key=secret"},
               "callback": {"url": "%s"}}
              """
                  .formatted(target.address("/work"), target.address("/done")));
      node.awaitState(id, "completed");
      Eventually.await("all spans are there", () -> spans(collector).size() >= 9);
      List<Span> spans = spans(collector);
      assertEquals(9, spans.size(), spans.toString());

      ByteString sender = ByteString.copyFrom(HexFormat.of().parseHex("b7ad6b7169203331"));
      Span send = one(spans, "send mails", sender);
      assertEquals("0af7651916cd43dd8448eb211c80319c", hex(send.getTraceId()));
      assertEquals(Span.SpanKind.SPAN_KIND_PRODUCER, send.getKind());
      assertEquals(id, attributes(send.getAttributesList()).get("messaging.message.id"));

      Span first = one(spans, "process mails", send.getSpanId());
      assertEquals(Span.SpanKind.SPAN_KIND_CONSUMER, first.getKind());
      assertEquals(Status.StatusCode.STATUS_CODE_ERROR, first.getStatus().getCode());
      assertEquals("1", attributes(first.getAttributesList()).get("task.attempt"));

      Span retry = one(spans, "process mails", ByteString.EMPTY);
      assertFalse(retry.getTraceId().equals(send.getTraceId()));
      assertEquals(send.getTraceId(), retry.getLinks(0).getTraceId());
      assertEquals(send.getSpanId(), retry.getLinks(0).getSpanId());
      assertEquals("2", attributes(retry.getAttributesList()).get("task.attempt"));

      for (Span attempt : List.of(first, retry)) {
        Span request = one(spans, "POST", attempt.getSpanId());
        assertEquals(attempt.getTraceId(), request.getTraceId());
        assertEquals(
            attempt == first ? "500" : "200",
            attributes(request.getAttributesList()).get("http.response.status_code"));
        assertEquals(
            1,
            target.asked().stream()
                .filter(asked ->
                    ("00-" + hex(request.getTraceId()) + "-" + hex(request.getSpanId()) + "-01")
                        .equals(asked.headers().getFirst("traceparent")))
                .count());
      }
      List<Span> waits = spans.stream().filter(span -> span.getName().equals("wait")).toList();
      assertEquals(2, waits.size());
      assertTrue(waits.stream().allMatch(wait -> wait.getParentSpanId().equals(send.getSpanId())));

      Span callback =
          spans.stream()
              .filter(
                  span -> "callback".equals(attributes(span.getAttributesList()).get("task.type")))
              .findFirst()
              .orElseThrow();
      assertEquals(send.getTraceId(), callback.getTraceId());
      one(spans, "POST", callback.getSpanId());
      assertFalse(spans.toString().contains("secret"));
      Files.writeString(Path.of("target", "trace.txt"), spans.toString());
    }
  }

  @Test
  void a_collector_that_is_dead_costs_two_lines_and_nothing_else() throws Exception {
    int port;
    try (HttpTarget gone = HttpTarget.answering(200, "")) {
      port = gone.port();
    }
    try (NodeProcess node =
        node("deaf", Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:" + port))) {
      node.awaitLeads();
      String last = "";
      for (int i = 0; i < 300; i++) {
        last = node.accepted("log", "1");
      }
      node.awaitState(last, "completed");
      node.awaitLine("traces cannot be sent");
      last = node.accepted("log", "1");
      node.awaitState(last, "completed");
      node.signal("TERM");
      node.awaitExit();
      assertEquals(1, node.lines("traces cannot be sent").size(), node.output());
      assertEquals(List.of(), node.lines("Caused by"), node.output());
      assertEquals(List.of(), node.lines("io.opentelemetry."), node.output());
      assertEquals(1, node.lines("node stopped").size(), node.output());
    }
  }

  @Test
  void without_an_endpoint_no_class_of_the_sdk_is_loaded(@TempDir Path folder) throws IOException {
    Path loaded = folder.resolve("loaded");
    try (NodeProcess node =
        node("plain", Map.of("JDK_JAVA_OPTIONS", "-Xlog:class+load:file=" + loaded))) {
      node.awaitLeads();
      node.awaitState(node.accepted("log", "1"), "completed");
      String classes = Files.readString(loaded);
      assertTrue(
          classes.contains("dev.taskscheduler.tracing.NoTracer "), "the log is of this node");
      assertFalse(classes.contains("io.opentelemetry.sdk"), "the SDK is loaded");
      assertFalse(classes.contains("io.opentelemetry.exporter"), "the exporter is loaded");
    }
  }
}
