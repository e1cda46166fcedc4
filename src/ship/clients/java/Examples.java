import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.LeadershipApi;
import org.openapitools.client.api.OperationsApi;
import org.openapitools.client.api.QueuesApi;
import org.openapitools.client.api.SchedulesApi;
import org.openapitools.client.api.TasksApi;
import org.openapitools.client.model.Backoff;
import org.openapitools.client.model.BatchItemResult;
import org.openapitools.client.model.Callback;
import org.openapitools.client.model.Priority;
import org.openapitools.client.model.Problem;
import org.openapitools.client.model.QueueSettings;
import org.openapitools.client.model.ScheduleDefinition;
import org.openapitools.client.model.SchedulePreview;
import org.openapitools.client.model.ScheduleTask;
import org.openapitools.client.model.SubmitBatchResult;
import org.openapitools.client.model.SubmitRequest;
import org.openapitools.client.model.TaskDetails;
import org.openapitools.client.model.TaskState;
import org.openapitools.client.model.TaskStatus;

/** The examples of README.md and docs/quickstart.md through the client that openapi-generator makes in Java. */
public final class Examples {
  private final ObjectMapper json = ApiClient.createDefaultObjectMapper();
  private final TasksApi tasks;
  private final QueuesApi queues;
  private final SchedulesApi schedules;
  private final LeadershipApi leadership;
  private final OperationsApi operations;

  private Examples(String node) {
    ApiClient client = new ApiClient();
    client.updateBaseUri(node);
    tasks = new TasksApi(client);
    queues = new QueuesApi(client);
    schedules = new SchedulesApi(client);
    leadership = new LeadershipApi(client);
    operations = new OperationsApi(client);
  }

  public static void main(String[] args) throws Exception {
    Examples examples = new Examples(args[0]);
    examples.readme();
    examples.quickstart();
    examples.problems();
    examples.others();
    System.out.println("ok");
  }

  private void readme() throws Exception {
    String now = submit(new SubmitRequest().priority(Priority.HIGH).payload(Map.of("job", "demo")));
    await(now, task -> task.getState() == TaskState.COMPLETED);
    String later =
        submit(
            new SubmitRequest()
                .priority(Priority.LOW)
                .type("sleep")
                .payload(Map.of("ms", 500))
                .delay("PT5S"));
    check(tasks.getTaskStatus(later).getStatus() == TaskStatus.PENDING, "status");
    check(tasks.getTaskStatus(later).getState() == TaskState.SCHEDULED, "state");
    check(tasks.getTaskStatus(later).getDueAt() != null, "dueAt");
    ScheduleDefinition report =
        sent(
            new ScheduleDefinition()
                .cron("0 9 * * MON-FRI")
                .timeZone("Europe/Berlin")
                .task(new ScheduleTask().payload(Map.of("day", "{{scheduledAt}}"))));
    check(
        schedules
            .putSchedule("report", report)
            .getSentence()
            .equals("at 09:00, Monday to Friday, Europe/Berlin"),
        "sentence");
    check(leadership.getLeader().getLeader() != null, "leader");
  }

  private void quickstart() throws Exception {
    String sleeps = submit(new SubmitRequest().type("sleep").payload(Map.of("ms", 3000)));
    String fails =
        submit(
            new SubmitRequest()
                .type("fail")
                .payload(Map.of("error", "no luck"))
                .maxAttempts(2)
                .backoff(new Backoff().base("PT1S")));
    TaskDetails dead = await(fails, task -> task.getState() == TaskState.DEAD);
    check(dead.getAttempts().size() == 2, "two attempts");
    check("no luck".equals(dead.getAttempts().get(1).getError()), "its error");
    check(tasks.retryTask(fails).getState().getValue().equals("ready"), "retried");
    String later = submit(new SubmitRequest().payload(1).delay("PT1H"));
    check(tasks.explainTask(later).getReason().equals("scheduled"), "explained");
    check(tasks.cancelTask(later).getState().getValue().equals("cancelled"), "cancelled");
    await(sleeps, task -> task.getState() == TaskState.COMPLETED);
  }

  private void problems() throws Exception {
    try {
      tasks.submitTask(new SubmitRequest().payload(null).type("no-such-type"), null);
      throw new AssertionError("a task without a runner was accepted");
    } catch (ApiException e) {
      Problem problem = json.readValue(e.getResponseBody(), Problem.class);
      check(e.getCode() == 422 && problem.getStatus() == 422, "status of the problem");
      check(problem.getType().equals("urn:problem-type:task-scheduler:unknown-type"), "its type");
      check(problem.getErrors().get(0).getPointer().equals("/type"), "its pointer");
    }
    SubmitBatchResult batch =
        tasks.submitTasks(
            List.of(
                new SubmitRequest().payload(1),
                new SubmitRequest().payload(2).type("no-such-type")),
            "java-batch");
    BatchItemResult accepted = batch.getResults().get(0);
    BatchItemResult refused = batch.getResults().get(1);
    check(accepted.getStatus() == 202 && accepted.getId() != null, "accepted");
    check(refused.getStatus() == 422 && refused.getErrors().size() == 1, "refused");
    check(batch.getAccepted() == 1 && batch.getRefused() == 1, "counts");
  }

  private void others() throws Exception {
    SubmitRequest careful =
        new SubmitRequest()
            .payload(Map.of("order", 4711))
            .queue("tenant-7")
            .timeout("30s")
            .retention("P7D")
            .uniqueKey("java-4711")
            .callback(new Callback().url("https://example.com/done").on(Callback.OnEnum.FAILURE));
    String first = tasks.submitTask(careful, null).getId();
    TaskDetails details = await(first, task -> task.getState() == TaskState.COMPLETED);
    check("PT30S".equals(details.getTimeout()), "timeout");
    check(
        tasks
            .listTasks(
                TasksApi.APIListTasksRequest.newBuilder()
                    .state(TaskState.COMPLETED)
                    .queue("tenant-7")
                    .limit(10)
                    .build())
            .getTasks()
            .stream()
            .anyMatch(task -> task.getId().equals(first)),
        "listed");
    check(
        queues
            .putQueue("tenant-*", new QueueSettings().concurrency(5))
            .getSettings()
            .getConcurrency()
            .equals(5),
        "queue");
    check(
        queues
            .getQueue("tenant-7")
            .getEffective()
            .getConcurrency()
            .getFrom()
            .equals("tenant-*"),
        "effective");
    check(queues.deleteQueue("tenant-*", null, null).getDeleted(), "deleted");
    check(
        schedules
                .previewSchedule(
                    new SchedulePreview().cron(List.of("0 9 * * *", "0 17 * * *")), null, null, 4)
                .getUpcoming()
                .size()
            == 4,
        "upcoming");
    check(schedules.getSchedule("report").getCron().size() == 1, "its expressions");
    check(schedules.deleteSchedule("report", null).getDeleted(), "deleted");
    check(operations.pauseTasks(Priority.LOW).getPaused().size() == 1, "paused");
    check(operations.resumeTasks(Priority.LOW).getPaused().isEmpty(), "resumed");
    check(tasks.getStats().getTasks().getCompleted() > 0, "stats");
    check(operations.getHealth().getRedis().getAnswers(), "health");
    check(operations.getMetrics().contains("scheduler_is_leader"), "metrics");
  }

  private String submit(SubmitRequest body) throws Exception {
    return tasks.submitTask(sent(body), null).getId();
  }

  /** Says what the client makes of a body, so that it can be compared with the page. */
  private <T> T sent(T body) throws Exception {
    System.out.println("sent " + json.writeValueAsString(body));
    return body;
  }

  private TaskDetails await(String id, Predicate<TaskDetails> wanted) throws Exception {
    long limit = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (true) {
      TaskDetails task = tasks.getTask(id);
      if (wanted.test(task)) {
        return task;
      }
      check(System.nanoTime() - limit < 0, "in time: " + task);
      Thread.sleep(50);
    }
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
