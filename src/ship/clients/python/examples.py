"""The examples of README.md and docs/quickstart.md through the client that openapi-generator makes in Python."""
import json
import sys
import time

from openapi_client import (ApiClient, Backoff, Callback, Configuration, LeadershipApi, OperationsApi, Priority, Problem, QueuesApi,
                            QueueSettings, ScheduleDefinition, SchedulePreview, SchedulesApi, ScheduleTask, SubmitRequest, TasksApi,
                            TaskState, TaskStatus)
from openapi_client.exceptions import ApiException

client = ApiClient(Configuration(host=sys.argv[1]))
tasks, queues, schedules = TasksApi(client), QueuesApi(client), SchedulesApi(client)
leadership, operations = LeadershipApi(client), OperationsApi(client)


def sent(body):
    """Says what the client makes of a body, so that it can be compared with the page."""
    print("sent", json.dumps(client.sanitize_for_serialization(body)))
    return body


def submit(**fields):
    return tasks.submit_task(sent(SubmitRequest(**fields))).id


def awaited(task_id, state):
    limit = time.monotonic() + 30
    while True:
        task = tasks.get_task(task_id)
        if task.state == state:
            return task
        assert time.monotonic() < limit, task
        time.sleep(0.05)


def readme():
    now = submit(priority=Priority.HIGH, payload={"job": "demo"})
    awaited(now, TaskState.COMPLETED)
    later = submit(priority=Priority.LOW, type="sleep", payload={"ms": 500}, delay="PT5S")
    status = tasks.get_task_status(later)
    assert status.status == TaskStatus.PENDING and status.state == TaskState.SCHEDULED and status.due_at.tzinfo
    report = sent(ScheduleDefinition(cron="0 9 * * MON-FRI", time_zone="Europe/Berlin", task=ScheduleTask(payload={"day": "{{scheduledAt}}"})))
    assert schedules.put_schedule("report", report).sentence == "at 09:00, Monday to Friday, Europe/Berlin"
    assert leadership.get_leader().leader


def quickstart():
    sleeps = submit(type="sleep", payload={"ms": 3000})
    fails = submit(type="fail", payload={"error": "no luck"}, max_attempts=2, backoff=Backoff(base="PT1S"))
    dead = awaited(fails, TaskState.DEAD)
    assert [attempt.error for attempt in dead.attempts] == ["no luck", "no luck"]
    assert tasks.retry_task(fails).state == "ready"
    later = submit(payload=1, delay="PT1H")
    assert tasks.explain_task(later).reason == "scheduled"
    assert tasks.cancel_task(later).state == "cancelled"
    awaited(sleeps, TaskState.COMPLETED)


def problems():
    try:
        tasks.submit_task(SubmitRequest(payload=None, type="no-such-type"))
        raise AssertionError("a task without a runner was accepted")
    except ApiException as e:
        problem = Problem.from_json(e.body)
        assert e.status == problem.status == 422, e
        assert problem.type == "urn:problem-type:task-scheduler:unknown-type" and problem.errors[0].pointer == "/type"
    batch = tasks.submit_tasks([SubmitRequest(payload=1), SubmitRequest(payload=2, type="no-such-type")], idempotency_key="python-batch")
    accepted, refused = batch.results
    assert accepted.status == 202 and accepted.id and refused.status == 422 and refused.errors
    assert batch.accepted == batch.refused == 1


def others():
    first = tasks.submit_task(SubmitRequest(
        payload={"order": 4711}, queue="tenant-7", timeout="30s", retention="P7D", unique_key="python-4711",
        callback=Callback(url="https://example.com/done", on="failure"))).id
    assert awaited(first, TaskState.COMPLETED).timeout == "PT30S"
    assert first in [task.id for task in tasks.list_tasks(state=TaskState.COMPLETED, queue="tenant-7", limit=10).tasks]
    assert queues.put_queue("tenant-*", QueueSettings(concurrency=5)).settings.concurrency == 5
    assert queues.get_queue("tenant-7").effective.concurrency.var_from == "tenant-*"
    assert queues.delete_queue("tenant-*").deleted
    assert len(schedules.preview_schedule(SchedulePreview(cron=["0 9 * * *", "0 17 * * *"]), limit=4).upcoming) == 4
    assert len(schedules.get_schedule("report").cron) == 1
    assert schedules.delete_schedule("report").deleted
    assert len(operations.pause_tasks(Priority.LOW).paused) == 1
    assert operations.resume_tasks(Priority.LOW).paused == []
    assert tasks.get_stats().tasks.completed > 0
    assert operations.get_health().redis.answers
    assert "scheduler_is_leader" in operations.get_metrics()


readme()
quickstart()
problems()
others()
print("ok")
