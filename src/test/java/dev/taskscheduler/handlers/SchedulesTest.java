package dev.taskscheduler.handlers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.schedule.Interval;
import dev.taskscheduler.schedule.ScheduleView;
import io.helidon.http.HeaderValues;
import io.helidon.webclient.api.ClientResponseTyped;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.testing.junit5.DirectClient;
import io.helidon.webserver.testing.junit5.RoutingTest;
import io.helidon.webserver.testing.junit5.SetUpRoute;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Schedules through their routes, without a socket.
@RoutingTest
class SchedulesTest {
  private static final MemoryStore STORE = new MemoryStore();
  private static final MemorySchedules SCHEDULES = STORE.schedules;

  private final DirectClient client;

  SchedulesTest(DirectClient client) {
    this.client = client;
  }

  @SetUpRoute
  static void routing(HttpRouting.Builder routing) {
    GivenLeader.routes(routing, STORE, new GivenLeader(), Set.of("log"));
  }

  @BeforeEach
  void begin_without_schedules() {
    SCHEDULES.views.clear();
  }

  private ClientResponseTyped<String> put(String body) {
    return client
        .put("/schedules/s")
        .header(HeaderValues.CONTENT_TYPE_JSON)
        .submit(body, String.class);
  }

  private static void has(String text, String part) {
    assertTrue(text.contains(part), () -> part + " in " + text);
  }

  private String upcoming() {
    String shown = client.get("/schedules/s").requestEntity(String.class);
    return shown.replaceAll(".*(\"upcoming\":\\[[^]]*]).*", "$1");
  }

  /// The schedule as it stands after a fire.
  private static void fired(Optional<Instant> next, OptionalInt remaining) {
    ScheduleView view = SCHEDULES.views.get("s");
    SCHEDULES.views.put(
        "s",
        new ScheduleView(
            view.name(),
            view.settings(),
            view.taskJson(),
            view.created(),
            view.generation(),
            view.state(),
            next,
            next,
            view.pausedSince(),
            view.note(),
            view.fault(),
            remaining,
            view.runs(),
            view.buffered(),
            view.group()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'cron':'0 9 99 * *'                  | /cron",
        "'cron':['0 9 * * *','0 25 * * *']    | /cron/1",
        "'cron':[]                            | /cron",
        "'cron':5                             | /cron",
        "'cron':[5]                           | /cron/0",
        "'cron':null                          | /cron",
        "'cron':'0 0 30 2 *'                  | /cron",
        "'every':0                            | /every",
        "'every':'soon'                       | /every",
        "'fixedDelay':'PT0.5S'                | /fixedDelay",
        "'every':5,'fixedDelay':5             | /fixedDelay",
        "'cron':'@daily','fixedDelay':5       | /fixedDelay",
        "'every':5,'exclude':'* *'            | /exclude",
        "'every':5,'startAt':'soon'           | /startAt",
        "'every':5,'startAt':'2201-01-01T00:00:00Z' | /startAt",
        "'every':5,'endAt':5                  | /endAt",
        "'every':5,'startAt':'2027-01-01T00:00:00Z','endAt':'2026-01-01T00:00:00Z' | /endAt",
        "'every':5,'remaining':0              | /remaining",
        "'every':5,'timeZone':'Berlin'        | /timeZone",
        "'every':5,'timeZone':1               | /timeZone",
        "'every':5,'clockChange':'skip'       | /clockChange",
        "'every':5,'clockChange':{'gap':'x'}  | /clockChange/gap",
        "'every':5,'clockChange':{'overlap':1} | /clockChange/overlap",
        "'every':5,'clockChange':{'x':[1]}    | /clockChange/x",
        "'every':5,'overlap':'no'             | /overlap",
        "'every':5,'catchUp':{'within':'P400D'} | /catchUp/within",
        "'every':5,'catchUp':{'runs':'some'}  | /catchUp/runs",
        "'every':5,'catchUp':{'max':1001}     | /catchUp/max",
        "'every':5,'catchUp':{'why':1}        | /catchUp/why",
        "'every':5,'jitter':'P2D'             | /jitter",
        "'every':5,'color':{'a':[1]}          | /color",
        "'jitter':1                           | ``",
      })
  void each_fault_of_a_setting_has_its_pointer(String fields, String pointer) {
    ClientResponseTyped<String> answer =
        put("{" + fields.replace('\'', '"') + ",\"task\":{\"payload\":1}}");
    refused(answer, pointer);
  }

  private static void refused(ClientResponseTyped<String> answer, String pointer) {
    assertEquals(400, answer.status().code(), answer.entity());
    has(answer.entity(), "\"errors\":[{\"pointer\":\"" + pointer + "\",\"detail\":\"");
    assertTrue(SCHEDULES.views.isEmpty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1                              | /task",
        "{}                             | /task/payload",
        "{'payload':1,'delay':1}        | /task/delay",
        "{'payload':1,'runAt':'2026-11-23T08:55:00Z'} | /task/runAt",
        "{'payload':1,'expiresAt':'2020-11-23T08:55:00Z'} | /task/expiresAt",
        "{'payload':1,'uniqueKey':'x'}  | /task/uniqueKey",
        "{'payload':1,'uniqueKey':'x','uniqueFor':5} | /task/uniqueKey",
        "{'payload':1,'durability':'fsync'} | /task/durability",
        "{'payload':1,'type':'fax'}     | /task/type",
        "{'payload':1,'priority':'no'}  | /task/priority",
        "{'payload':1e999}              | /task/payload",
        "{'payload':1,'backoff':{'x':1}} | /task/backoff/x",
      })
  void each_fault_of_the_task_has_its_pointer(String task, String pointer) {
    ClientResponseTyped<String> answer =
        put(("{'every':5,'task':" + task + "}").replace('\'', '"'));
    refused(answer, pointer);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "7", "{\"every\":5", "{\"every\":5,\"every\":6}", "{} {}"})
  void what_is_no_schedule_changes_nothing(String body) {
    assertEquals(400, put(body).status().code());
    assertTrue(SCHEDULES.views.isEmpty());
  }

  @Test
  void a_fixed_delay_shows_its_next_instant_also_after_the_first_run() {
    put("{\"fixedDelay\":60,\"task\":{\"payload\":1}}");
    Instant next = SCHEDULES.views.get("s").created().plusSeconds(77);
    assertEquals(
        Optional.of(new Interval.FixedDelay(Duration.ofMinutes(1))),
        SCHEDULES.views.get("s").settings().timing().interval());
    fired(Optional.of(next), OptionalInt.empty());
    assertTrue(
        upcoming().startsWith("\"upcoming\":[{\"at\":\"" + next.toString().substring(0, 19)),
        upcoming());
  }

  @Test
  void a_preview_of_a_fixed_delay_shows_its_first_instant() {
    String preview =
        client
            .post("/schedules/preview")
            .queryParam("from", "2027-03-27T12:00:00.5Z")
            .header(HeaderValues.CONTENT_TYPE_JSON)
            .submit("{\"fixedDelay\":60}", String.class)
            .entity();
    has(preview, "\"upcoming\":[{\"at\":\"2027-03-27T12:00:00.500000Z\"");
  }

  @Test
  void no_more_instants_are_shown_than_it_may_fire_at() {
    put("{\"every\":60,\"remaining\":3,\"task\":{\"payload\":1}}");
    fired(SCHEDULES.views.get("s").next(), OptionalInt.of(2));
    assertEquals(2, upcoming().split("\"at\":", -1).length - 1, upcoming());
    String preview =
        client
            .post("/schedules/preview")
            .header(HeaderValues.CONTENT_TYPE_JSON)
            .submit("{\"every\":60,\"remaining\":3}", String.class)
            .entity();
    assertEquals(3, preview.split("\"at\":", -1).length - 1, preview);
  }
}
