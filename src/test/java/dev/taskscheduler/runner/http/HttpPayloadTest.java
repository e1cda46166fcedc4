package dev.taskscheduler.runner.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.spi.PayloadError;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpPayloadTest {
  private static OutboundRequest call(String json) {
    HttpPayload payload = HttpPayload.read(json.getBytes(StandardCharsets.UTF_8));
    assertEquals(List.of(), payload.faults());
    return payload.call();
  }

  private static List<PayloadError> faults(String json) {
    return HttpPayload.read(json.getBytes(StandardCharsets.UTF_8)).faults();
  }

  private static String text(OutboundRequest call) {
    return new String(call.body(), StandardCharsets.UTF_8);
  }

  @Test
  void a_url_is_all_that_is_needed() {
    OutboundRequest call = call("{\"url\":\"https://example.com/hook\"}");
    assertEquals("POST", call.method());
    assertEquals(0, call.body().length);
    assertEquals(Map.of(), call.headers());
    assertEquals("https://example.com", call.origin().toString());
    assertEquals("/hook", call.path());
  }

  @Test
  void the_body_is_sent_byte_for_byte() {
    OutboundRequest call =
        call("{\"body\" : {\"b\" : 1.0, \"a\":[ \"täglich\\u0020\" ]} , \"url\":\"http://x.com\"}");
    assertEquals("{\"b\" : 1.0, \"a\":[ \"täglich\\u0020\" ]}", text(call));
    assertEquals(Map.of("content-type", "application/json"), call.headers());
    assertEquals("null", text(call("{\"url\":\"http://x.com\",\"body\":null}")));
    assertEquals("12.50", text(call("{\"url\":\"http://x.com\",\"body\":12.50}")));
    assertEquals("\"a b\"", text(call("{\"url\":\"http://x.com\",\"body\":\"a b\"}")));
    assertEquals("-7", text(call("{\"url\":\"http://x.com\",\"body\":-7,\"timeout\":1}")));
  }

  @Test
  void a_body_of_text_may_be_of_any_type() {
    OutboundRequest call =
        call(
            "{\"url\":\"http://x.com\",\"method\":\"PUT\",\"bodyText\":\"<a>\\u00e4</a>\",\"timeout\":\"PT2.5S\","
                + "\"headers\":{\"Content-Type\":\"text/xml\",\"X-Team\":\"billing\"}}");
    assertEquals("<a>ä</a>", text(call));
    assertEquals("text/xml", call.headers().get("content-type"));
    assertEquals("billing", call.headers().get("x-team"));
    assertEquals("PUT", call.method());
    assertEquals(Duration.ofMillis(2500), call.timeout());
    assertEquals(
        "text/plain; charset=utf-8",
        call("{\"url\":\"http://x.com\",\"bodyText\":\"\"}").headers().get("content-type"));
  }

  @ParameterizedTest
  @CsvSource({
    "http://EXAMPLE.com:80/a?b=c#d, http://example.com, /a?b=c",
    "https://example.com.:8443, https://example.com:8443, /",
    "https://example.com?q=%20, https://example.com, /?q=%20",
    "HTTP://[2001:DB8::1]:8080/x, http://[2001:db8::1]:8080, /x",
    "http://example.com//twice/../x, http://example.com, //twice/../x",
    "http://example.com/tägl, http://example.com, /t%C3%A4gl"
  })
  void what_is_asked_of_whom(String url, String origin, String path) {
    OutboundRequest call = call("{\"url\":\"" + url + "\"}");
    assertEquals(origin, call.origin().toString());
    assertEquals(path, call.path());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                                              | /url
          []                                                              | ''
          "http://x.com"                                                  | ''
          {"url":1}                                                       | /url
          {"url":{"a":["b"]}}                                             | /url
          {"url":""}                                                      | /url
          {"url":"example.com/hook"}                                      | /url
          {"url":"//example.com/hook"}                                    | /url
          {"url":"ftp://example.com"}                                     | /url
          {"url":"file:///etc/passwd"}                                    | /url
          {"url":"http://user@example.com"}                               | /url
          {"url":"http://user:word@example.com"}                          | /url
          {"url":"http://a b.com"}                                        | /url
          {"url":"http://0x7f.1/"}                                        | /url
          {"url":"http://a_b.0x7f/"}                                      | /url
          {"url":"http://user@my_host/"}                                  | /url
          {"url":"http://my_host:0/"}                                     | /url
          {"url":"http://my_host:70000/"}                                 | /url
          {"url":"http://my_host..x/"}                                    | /url
          {"url":"http://b\\u00fccher.example/"}                           | /url
          {"url":"http://１２７.1/"}                          | /url
          {"url":"http://[fe80::1%25eth0]/"}                              | /url
          {"url":"http://x.com:0/"}                                       | /url
          {"url":"http://x.com:70000/"}                                   | /url
          {"url":"http://x.com/\\r\\nHost: y"}                            | /url
          {"url":"http://x.com","method":"TRACE"}                         | /method
          {"url":"http://x.com","method":"get"}                           | /method
          {"url":"http://x.com","method":"CONNECT"}                       | /method
          {"url":"http://x.com","method":"GET","body":1}                  | /method
          {"url":"http://x.com","method":"HEAD","bodyText":"x"}           | /method
          {"url":"http://x.com","body":1,"bodyText":"x"}                  | /bodyText
          {"url":"http://x.com","bodyText":{"a":1}}                       | /bodyText
          {"url":"http://x.com","bodyText":"\\ud800"}                     | /bodyText
          {"url":"http://x.com/\\ud800"}                                  | /url
          {"url":"http://x.com","headers":{"x":"\\udfff"}}                | /headers/x
          {"url":"http://x.com","timeout":0}                              | /timeout
          {"url":"http://x.com","timeout":-1}                             | /timeout
          {"url":"http://x.com","timeout":"10 s"}                         | /timeout
          {"url":"http://x.com","timeout":"PT0S"}                         | /timeout
          {"url":"http://x.com","timeout":[1]}                            | /timeout
          {"url":"http://x.com","headers":["a"]}                          | /headers
          {"url":"http://x.com","headers":{"Host":"y"}}                   | /headers/Host
          {"url":"http://x.com","headers":{"content-LENGTH":"1"}}         | /headers/content-LENGTH
          {"url":"http://x.com","headers":{"Transfer-Encoding":"chunked"}} | /headers/Transfer-Encoding
          {"url":"http://x.com","headers":{"Connection":"close"}}         | /headers/Connection
          {"url":"http://x.com","headers":{"Webhook-Signature":"v1,x"}}   | /headers/Webhook-Signature
          {"url":"http://x.com","headers":{"Idempotency-Key":"x"}}        | /headers/Idempotency-Key
          {"url":"http://x.com","headers":{"Traceparent":"x"}}            | /headers/Traceparent
          {"url":"http://x.com","headers":{"task-epoch":"9"}}             | /headers/task-epoch
          {"url":"http://x.com","headers":{"Proxy-Authorization":"x"}}    | /headers/Proxy-Authorization
          {"url":"http://x.com","headers":{"X":"a\\r\\nY: b"}}            | /headers/X
          {"url":"http://x.com","headers":{"X":"a\\nb"}}                  | /headers/X
          {"url":"http://x.com","headers":{"X":"\\u0000"}}                | /headers/X
          {"url":"http://x.com","headers":{"X":"ä"}}                      | /headers/X
          {"url":"http://x.com","headers":{"X":1}}                        | /headers/X
          {"url":"http://x.com","headers":{"X Y":"a"}}                    | /headers/X Y
          {"url":"http://x.com","headers":{"X:":"a"}}                     | /headers/X:
          {"url":"http://x.com","headers":{"":"a"}}                       | /headers/
          {"url":"http://x.com","headers":{"X":"a","x":"b"}}              | /headers/x
          {"url":"http://x.com","headers":{"webhook_signature":"v1,x"}}   | /headers/webhook_signature
          {"url":"http://x.com","headers":{"Task_Fencing-Token":"9"}}     | /headers/Task_Fencing-Token
          {"url":"http://x.com","headers":{"CONTENT_LENGTH":"9"}}         | /headers/CONTENT_LENGTH
          {"url":"http://x.com","headers":{"proxy_authorization":"9"}}    | /headers/proxy_authorization
          {"url":"http://x.com","verb":{"deep":[1,2]}}                    | /verb
          {"url":"http://x.com","url":"http://y.com"}                     | ''
          {"url":"http://x.com"                                           | ''
          """)
  void a_fault_is_told_where_it_is(String json, String pointer) {
    List<PayloadError> faults = faults(json);
    assertEquals(1, faults.size(), faults.toString());
    assertEquals(pointer, faults.getFirst().pointer());
    assertTrue(faults.getFirst().detail().length() > 10, faults.toString());
  }

  @Test
  void all_faults_are_told_at_once() {
    assertEquals(
        List.of("/url", "/method", "/headers/Host", "/timeout"),
        faults(
                "{\"url\":1,\"method\":\"X\",\"headers\":{\"Host\":\"a\",\"Ok\":\"b\"},\"timeout\":null}")
            .stream()
            .map(PayloadError::pointer)
            .toList());
  }

  @Test
  void reading_stops_at_twenty_faults() {
    String bad =
        IntStream.range(0, 111_840)
            .mapToObj(i -> "\"" + i + " \":1")
            .collect(Collectors.joining(",", "{\"url\":\"http://x.com\",\"headers\":{", "}}"));
    assertEquals(PayloadError.MAX_SHOWN, faults(bad).size());
    assertEquals(
        List.of("/headers"),
        faults(bad.replace(" \":1", "\":\"1\"")).stream().map(PayloadError::pointer).toList());
    String unknown = bad.replace("\"headers\":{", "").replace("}}", "}");
    assertEquals(PayloadError.MAX_SHOWN, faults(unknown).size());
  }

  @Test
  void a_name_of_other_letters_is_to_be_written_in_its_ascii_form() {
    String detail = faults("{\"url\":\"http://bücher.example/\"}").getFirst().toString();
    assertTrue(detail.contains("a name of other letters is written in its xn-- form"), detail);
    OutboundRequest call = call("{\"url\":\"http://xn--bcher-kva.example/\"}");
    assertEquals("http://xn--bcher-kva.example", call.origin().toString());
  }

  @ParameterizedTest
  @CsvSource({
    "http://My_Host/a?b, http://my_host, /a?b",
    "https://a_b.example.com.:8443, https://a_b.example.com:8443, /",
    "http://_x._y:80/, http://_x._y, /",
    "http://my_host:/, http://my_host, /"
  })
  void a_host_may_have_an_underscore(String url, String origin, String path) {
    OutboundRequest call = call("{\"url\":\"" + url + "\"}");
    assertEquals(origin, call.origin().toString());
    assertEquals(path, call.path());
  }
}
