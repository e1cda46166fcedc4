package dev.taskscheduler.handlers;

import static dev.taskscheduler.handlers.RestFace.text;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.task.Claim;
import dev.taskscheduler.task.Outcome;
import java.net.http.HttpResponse;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Schedules over HTTP on a real Redis; every answer is held against the document.
@Timeout(120)
class SchedulesApiIT extends FaceAndLeader {
  private static final String DAILY =
      "{\"cron\":\"0 9 * * MON-FRI\",\"timeZone\":\"Europe/Berlin\","
          + "\"task\":{\"payload\":{\"at\":\"{{scheduledAt}}\"},\"queue\":\"reports\"}}";

  private static void has(String text, String part) {
    assertTrue(text.contains(part), () -> part + " is not in " + text);
  }

  @Test
  void what_is_put_is_shown_in_words_and_instants() throws Exception {
    HttpResponse<byte[]> created = put("/schedules/morning", DAILY);
    assertEquals(201, created.statusCode(), text(created));
    has(text(created), "\"change\":\"created\"");
    assertEquals("/schedules/morning", created.headers().firstValue("Location").orElse(""));
    assertFalse(text(created).contains("startAt"), "it was left out");
    HttpResponse<byte[]> same = put("/schedules/morning", DAILY);
    assertEquals(200, same.statusCode(), text(same));
    has(text(same), "\"change\":\"unchanged\"");
    String shown = get("/schedules/morning");
    has(shown, "\"sentence\":\"at 09:00, Monday to Friday, Europe/Berlin\"");
    has(shown, "\"task\":{\"payload\":{\"at\":\"{{scheduledAt}}\"},\"queue\":\"reports\"}");
    assertEquals(10, Pattern.compile("T09:00:00\\+0[12]:00").matcher(shown).results().count());
    has(text(put("/schedules/morning", DAILY.replace("0 9", "30 9"))), "\"change\":\"changed\"");
    has(get("/schedules"), "\"schedules\":[{\"name\":\"morning\",\"state\":\"active\"");
    assertEquals("{\"schedules\":[]}", get("/schedules?state=paused"));
    assertEquals(200, face.call("DELETE", "/schedules/morning").statusCode());
    assertEquals(404, face.call("DELETE", "/schedules/morning").statusCode());
    assertEquals(404, face.call("GET", "/schedules/morning").statusCode());
  }

  @Test
  void a_pause_says_why_and_a_trigger_makes_a_task_that_names_its_schedule() throws Exception {
    put("/schedules/s", DAILY);
    HttpResponse<byte[]> paused = face.post("/schedules/s/pause", "{\"note\":\"they move\"}");
    has(text(paused), "\"note\":\"they move\"");
    has(get("/schedules?state=paused"), "\"name\":\"s\"");
    HttpResponse<byte[]> fired = face.call("POST", "/schedules/s/trigger");
    assertEquals(202, fired.statusCode(), text(fired));
    Matcher id = Pattern.compile("\"task\":\"([^\"]+)\"").matcher(text(fired));
    assertTrue(id.find(), text(fired));
    Claim claim = claim(5).getFirst();
    assertEquals(id.group(1), claim.id());
    assertEquals("reports", claim.options().queue());
    has(get("/tasks/" + claim.id()), "\"schedule\":{\"name\":\"s\",\"scheduledAt\":");
    has(get("/schedules/s"), "\"task\":\"" + claim.id() + "\",\"state\":\"running\"}");
    has(text(face.call("POST", "/schedules/s/trigger")), "{\"outcome\":\"skipped\"}");
    has(text(face.post("/schedules/s/trigger", "{\"overlap\":\"allow\"}")), "triggered");
    has(get("/schedules/s"), "\"outcome\":\"skipped\"");
    end(claim, Outcome.SUCCESS);
    has(get("/schedules/s"), "\"state\":\"completed\",\"finishedAt\":");
    has(text(face.call("POST", "/schedules/s/resume")), "\"state\":\"active\"");
    has(
        text(face.call("DELETE", "/schedules/s?pending=cancel")),
        "{\"name\":\"s\",\"deleted\":true,\"cancelled\":1}");
    for (String call : new String[] {"pause", "resume", "trigger"}) {
      assertEquals(404, face.call("POST", "/schedules/s/" + call).statusCode());
    }
  }

  @Test
  void a_preview_keeps_nothing_and_shows_clock_changes() throws Exception {
    String preview =
        text(
            face.post(
                "/schedules/preview?from=2026-03-28T12:00:00Z&limit=2",
                "{\"cron\":\"30 2 * * *\",\"timeZone\":\"Europe/Berlin\"}"));
    has(preview, "\"sentence\":\"at 02:30, every day, Europe/Berlin\"");
    has(preview, "\"local\":\"2026-03-29T03:00:00+02:00\",\"clockChange\":\"moved behind the gap");
    has(preview, "\"local\":\"2026-03-30T02:30:00+02:00\"");
    assertEquals("{\"schedules\":[]}", get("/schedules"));
  }

  /// One instant in five hours is left of 9,000.
  @Test
  void instants_that_take_very_long_to_find_are_not_all_looked_for() throws Exception {
    String costly =
        "\"cron\":\"*/2 * * * * *\",\"exclude\":[\"*/2 1-59 * * * *\",\"2-58/2 0 * * * *\","
            + "\"*/2 * 1-4,6-9,11-14,16-19,21-23 * * *\"]";
    String preview =
        text(
            face.post(
                "/schedules/preview?from=2026-01-01T00:00:00Z&limit=100", "{" + costly + "}"));
    int shown = preview.split("\"at\":", -1).length - 1;
    assertTrue(shown >= 5 && shown < 50, preview);
    put(
        "/schedules/c",
        "{" + costly + ",\"startAt\":\"2026-01-01T00:00:00Z\",\"task\":{\"payload\":1}}");
    HttpResponse<byte[]> refused =
        face.post(
            "/schedules/c/backfill",
            "{\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-03-01T00:00:00Z\"}");
    assertEquals(400, refused.statusCode(), text(refused));
    has(text(refused), "exclude leaves out too many instants");
  }

  @Test
  void a_backfill_and_an_explanation() throws Exception {
    put(
        "/schedules/b",
        "{\"cron\":\"0 * * * *\",\"startAt\":\"2026-01-01T00:00:00Z\",\"task\":{\"payload\":1}}");
    String asked = "{\"from\":\"2026-01-02T00:00:00Z\",\"to\":\"2026-01-02T03:00:00Z\"";
    has(text(face.post("/schedules/b/backfill", asked + ",\"dryRun\":true}")), "\"submitted\":0");
    String done = text(face.post("/schedules/b/backfill", asked + "}"));
    has(done, "\"submitted\":4");
    has(text(face.post("/schedules/b/backfill", asked + "}")), "\"submitted\":0");
    assertEquals(4, claim(10).size());
    has(get("/schedules/b/explain?at=2026-01-02T03:00:00Z"), "It was backfilled at ");
    has(get("/schedules/b/explain?at=2026-01-02T03:30:00Z"), "This is no planned instant.");
    assertEquals(400, face.call("GET", "/schedules/b/explain").statusCode());
    assertEquals(
        400,
        face.post(
                "/schedules/b/backfill",
                "{\"from\":\"2026-01-02T00:00:00Z\",\"to\":\"2126-01-02T03:00:00Z\"}")
            .statusCode());
  }

  @Test
  void a_group_is_applied_as_a_whole_or_not_at_all() throws Exception {
    String good = "{\"schedules\":{\"a\":" + DAILY + ",\"b\":" + DAILY + "}}";
    has(text(put("/schedules?group=g&dryRun=true", good)), "\"a\":\"created\"");
    assertEquals("{\"schedules\":[]}", get("/schedules"));
    String bad = good.replaceFirst("MON-FRI", "MON-FUN");
    HttpResponse<byte[]> refused = put("/schedules?group=g", bad);
    assertEquals(400, refused.statusCode());
    has(text(refused), "\"pointer\":\"/schedules/a/cron\"");
    assertEquals("{\"schedules\":[]}", get("/schedules"));
    has(text(put("/schedules?group=g", good)), "\"b\":\"created\"");
    has(get("/schedules/a"), "\"group\":\"g\"");
    String one = "{\"schedules\":{\"a\":" + DAILY + "}}";
    has(text(put("/schedules?group=g&prune=true", one)), "\"b\":\"removed\"");
    assertFalse(get("/schedules").contains("\"name\":\"b\""));
    assertEquals(400, put("/schedules", one).statusCode());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"task\":{\"payload\":1}} | '' | needs cron, every or fixedDelay",
        "{\"every\":\"PT1M\"} | /task | is missing",
        "{\"cron\":\"0 25 * * *\",\"task\":{\"payload\":1}} | /cron | is wrong at position 2",
        "{\"cron\":[\"@daily\",\"x\"],\"task\":{\"payload\":1}} | /cron/1 | is wrong at position",
        "{\"cron\":\"0 0 30 2 *\",\"task\":{\"payload\":1}} | /cron | can never fire",
        "{\"every\":0,\"task\":{\"payload\":1}} | /every | 1 second to 3660 days",
        "{\"every\":60,\"timeZone\":\"Europe/Berln\",\"task\":{\"payload\":1}} | /timeZone | did you mean Europe/Berlin?",
        "{\"every\":60,\"overlap\":\"no\",\"task\":{\"payload\":1}} | /overlap | must be one of skip",
        "{\"every\":60,\"catchUp\":{\"max\":0},\"task\":{\"payload\":1}} | /catchUp/max | from 1 to 1000",
        "{\"every\":60,\"task\":{\"payload\":1,\"delay\":1}} | /task/delay | is not for schedules",
        "{\"every\":60,\"task\":{\"payload\":1,\"type\":\"none\"}} | /task/type | has no runner",
        "{\"every\":60,\"task\":{\"x\":1,\"payload\":1}} | /task/x | is unknown",
        "{\"every\":60,\"x\":1,\"task\":{\"payload\":1}} | /x | is unknown",
        "{\"every\":60,\"startAt\":\"2027-01-01T00:00:00Z\",\"endAt\":\"2026-01-01T00:00:00Z\",\"task\":{\"payload\":1}} | /endAt | must not be before startAt"
      })
  void each_fault_has_its_place_and_says_what_to_change(String body, String pointer, String why)
      throws Exception {
    HttpResponse<byte[]> refused = put("/schedules/s", body);
    assertEquals(400, refused.statusCode(), text(refused));
    has(text(refused), "\"pointer\":\"" + pointer + "\"");
    has(text(refused), why);
  }
}
