package dev.taskscheduler.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.taskscheduler.testing.Eventually;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Every id that any node accepted, and what became of it.
final class Ledger implements AutoCloseable {
  private static final Pattern ID = Pattern.compile("\"id\":\\s*\"([^\"]+)\"");
  private static final Pattern ATTEMPT = Pattern.compile("\"attempt\":\\s*(\\d+)");
  private static final String TASK = "{\"type\":\"probe\",\"payload\":%d,\"priority\":\"%s\"}";
  private static final String[] PRIORITIES = {"high", "medium", "low"};

  private final Queue<String> accepted = new ConcurrentLinkedQueue<>();
  private final List<Thread> submitters = new ArrayList<>();
  private volatile boolean over;

  /// Starts a submitter for each node; nodes come and go.
  ///
  /// @param longest milliseconds that every seventh task takes; the others take 5 or less; with 0,
  ///   all end at once and come a third as often
  Ledger(int longest, List<Supplier<NodeProcess>> nodes) {
    for (Supplier<NodeProcess> node : nodes) {
      submitters.add(Thread.ofVirtual().start(() -> submitTo(node, longest)));
    }
  }

  private void submitTo(Supplier<NodeProcess> node, int longest) {
    for (int i = 0; !over; i++) {
      try {
        String body =
            TASK.formatted(i % 7 == 0 ? longest : Math.min(longest, 5), PRIORITIES[i % 3]);
        HttpResponse<String> answer = node.get().call("POST", "/submit", body);
        if (answer.statusCode() == 202) {
          Matcher matcher = ID.matcher(answer.body());
          assertTrue(matcher.find(), answer.body());
          accepted.add(matcher.group(1));
        }
      } catch (IOException e) {
        // The node is away, and so was no answer given: nothing was accepted as far as this client
        // knows.
      }
      LockSupport.parkNanos(longest == 0 ? 10_000_000 : 3_000_000);
    }
  }

  int accepted() {
    return accepted.size();
  }

  /// Waits until `more` submissions have been accepted.
  void awaitAccepted(int more) {
    int before = accepted();
    Eventually.await(
        more + " more accepted", Duration.ofSeconds(60), () -> accepted() >= before + more);
  }

  /// Stops submitting and waits until every accepted task has ended; each must have ended once, and
  /// well.
  ///
  /// @return the number of the attempt that was recorded, by task id
  Map<String, Integer> settle(NodeProcess node) {
    close();
    Map<String, Integer> attempts = new HashMap<>();
    for (String id : accepted) {
      Eventually.await(
          id + " ends",
          Duration.ofSeconds(60),
          () -> {
            String answer = status(node, id);
            assertTrue(!answer.contains("\"failed\""), answer);
            if (!answer.contains("\"completed\"")) {
              return false;
            }
            attempts.put(id, attempt(answer));
            return true;
          });
    }
    assertTrue(accepted() > 0, "nothing was accepted");
    return attempts;
  }

  /// The number of the attempt in an answer of `GET /status`.
  static int attempt(String answer) {
    Matcher matcher = ATTEMPT.matcher(answer);
    assertTrue(matcher.find(), answer);
    return Integer.parseInt(matcher.group(1));
  }

  private static String status(NodeProcess node, String id) {
    try {
      HttpResponse<String> answer = node.call("GET", "/status?id=" + id, "");
      assertTrue(answer.statusCode() != 404, "an accepted task is lost: " + id);
      return answer.body();
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public void close() {
    over = true;
    for (Thread submitter : submitters) {
      try {
        submitter.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
