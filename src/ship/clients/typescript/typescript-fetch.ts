// The examples of README.md and docs/quickstart.md through the client that openapi-generator makes in TypeScript.
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import {
  Configuration,
  LeadershipApi,
  OperationsApi,
  ProblemFromJSON,
  ResponseError,
  ScheduleDefinitionToJSON,
  SchedulesApi,
  SubmitRequestToJSON,
  TasksApi,
  type SubmitRequest,
  type TaskDetails,
  type TaskState,
} from "./client/index.js";

const node = new Configuration({ basePath: process.argv[2]! });
const tasks = new TasksApi(node);
const schedules = new SchedulesApi(node);
const leadership = new LeadershipApi(node);
const operations = new OperationsApi(node);

/** Says what is sent, so that it can be compared with the page. */
function sent<T>(body: T, toJson: (body: T) => unknown): T {
  console.log("sent " + JSON.stringify(toJson(body)));
  return body;
}

async function submit(submitRequest: SubmitRequest): Promise<string> {
  return (await tasks.submitTask({ submitRequest: sent(submitRequest, SubmitRequestToJSON) })).id;
}

async function awaited(id: string, state: TaskState): Promise<TaskDetails> {
  const limit = Date.now() + 30_000;
  for (;;) {
    const task = await tasks.getTask({ id });
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
  const status = await tasks.getTaskStatus({ id });
  assert.equal(status.status, "pending");
  assert.equal(status.state, "scheduled");
  assert.ok(status.dueAt! > status.submittedAt);
  const scheduleDefinition = sent(
    { cron: "0 9 * * MON-FRI", timeZone: "Europe/Berlin", task: { payload: { day: "{{scheduledAt}}" } } },
    ScheduleDefinitionToJSON,
  );
  const schedule = await schedules.putSchedule({ name: "report", scheduleDefinition });
  assert.equal(schedule.sentence, "at 09:00, Monday to Friday, Europe/Berlin");
  assert.ok((await leadership.getLeader()).leader);
}

async function quickstart() {
  const sleeps = await submit({ type: "sleep", payload: { ms: 3000 } });
  const id = await submit({ type: "fail", payload: { error: "no luck" }, maxAttempts: 2, backoff: { base: "PT1S" } });
  const dead = await awaited(id, "dead");
  assert.deepEqual(dead.attempts.map((attempt) => attempt.error), ["no luck", "no luck"]);
  assert.equal((await tasks.retryTask({ id })).state, "ready");
  const later = { id: await submit({ payload: 1, delay: "PT1H" }) };
  assert.equal((await tasks.explainTask(later)).reason, "scheduled");
  assert.equal((await tasks.cancelTask(later)).state, "cancelled");
  await awaited(sleeps, "completed");
}

async function problems() {
  const error = await tasks.submitTask({ submitRequest: { payload: null, type: "no-such-type" } }).catch((failure) => failure);
  assert.ok(error instanceof ResponseError);
  assert.equal(error.response.status, 422);
  const problem = ProblemFromJSON(await error.response.json());
  assert.equal(problem.type, "urn:problem-type:task-scheduler:unknown-type");
  assert.equal(problem.errors?.[0]?.pointer, "/type");
  const batch = await tasks.submitTasks({
    submitRequest: [{ payload: 1 }, { payload: 2, type: "no-such-type" }],
    idempotencyKey: "typescript-fetch-batch",
  });
  assert.deepEqual(batch.results.map((result) => result.status), [202, 422]);
  assert.equal(batch.results[1]?.errors?.length, 1);
  assert.ok((await operations.getHealth()).redis.answers);
}

await readme();
await quickstart();
await problems();
console.log("ok");
