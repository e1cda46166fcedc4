// The examples of README.md and docs/quickstart.md through the types of openapi-typescript and the client openapi-fetch.
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type Schemas = components["schemas"];

const client = createClient<paths>({ baseUrl: process.argv[2]! });

/** Says what is sent, so that it can be compared with the page. */
function sent<T>(body: T): T {
  console.log("sent " + JSON.stringify(body));
  return body;
}

function answered<T>(answer: { data?: T; error?: unknown }): T {
  assert.equal(answer.error, undefined);
  assert.ok(answer.data !== undefined);
  return answer.data;
}

async function submit(body: Schemas["SubmitRequest"]): Promise<string> {
  return answered(await client.POST("/submit", { body: sent(body) })).id;
}

async function awaited(id: string, state: Schemas["TaskState"]): Promise<Schemas["TaskDetails"]> {
  const limit = Date.now() + 30_000;
  for (;;) {
    const task = answered(await client.GET("/tasks/{id}", { params: { path: { id } } }));
    if (task.state === state) {
      return task;
    }
    assert.ok(Date.now() < limit, JSON.stringify(task));
    await pause(50);
  }
}

async function readme() {
  await awaited(await submit({ priority: "high", payload: { job: "demo" } }), "completed");
  const id = await submit({ priority: "low", type: "sleep", payload: { ms: 500 }, delay: "PT5S" });
  const status = answered(await client.GET("/status", { params: { query: { id } } }));
  assert.equal(status.status, "pending");
  assert.equal(status.state, "scheduled");
  const schedule = answered(
    await client.PUT("/schedules/{name}", {
      params: { path: { name: "report" } },
      body: sent<Schemas["ScheduleDefinition"]>({
        cron: "0 9 * * MON-FRI",
        timeZone: "Europe/Berlin",
        task: { payload: { day: "{{scheduledAt}}" } },
      }),
    }),
  );
  assert.equal(schedule.sentence, "at 09:00, Monday to Friday, Europe/Berlin");
  assert.ok(answered(await client.GET("/leader")).leader);
}

async function quickstart() {
  const sleeps = await submit({ type: "sleep", payload: { ms: 3000 } });
  const id = await submit({ type: "fail", payload: { error: "no luck" }, maxAttempts: 2, backoff: { base: "PT1S" } });
  const dead = await awaited(id, "dead");
  assert.deepEqual(dead.attempts.map((attempt) => attempt.error), ["no luck", "no luck"]);
  assert.equal(answered(await client.POST("/tasks/{id}/retry", { params: { path: { id } } })).state, "ready");
  const later = { params: { path: { id: await submit({ payload: 1, delay: "PT1H" }) } } };
  assert.equal(answered(await client.GET("/tasks/{id}/explain", later)).reason, "scheduled");
  assert.equal(answered(await client.DELETE("/tasks/{id}", later)).state, "cancelled");
  await awaited(sleeps, "completed");
}

async function problems() {
  const { error, response } = await client.POST("/submit", { body: { payload: null, type: "no-such-type" } });
  assert.equal(response.status, 422);
  assert.equal(error?.type, "urn:problem-type:task-scheduler:unknown-type");
  assert.equal(error?.errors?.[0]?.pointer, "/type");
  const batch = answered(
    await client.POST("/submit/batch", {
      params: { header: { "Idempotency-Key": "openapi-fetch-batch" } },
      body: [{ payload: 1 }, { payload: 2, type: "no-such-type" }],
    }),
  );
  assert.deepEqual(batch.results.map((result) => result.status), [202, 422]);
  assert.equal(batch.results[1]?.errors?.length, 1);
}

await readme();
await quickstart();
await problems();
console.log("ok");
