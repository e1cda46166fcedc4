package dev.taskscheduler.runner.http;

import dev.taskscheduler.spi.FencingToken;
import dev.taskscheduler.spi.TaskFailure;
import dev.taskscheduler.spi.TaskRun;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/// The runner as tests use it: names are answered by the test, and tasks run on virtual threads, as
/// they do in a node.
final class Sending implements AutoCloseable {
  static final String ID = "01a209ff-a591-78fb-9987-246314d4b34c";
  static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  final HttpSender sender;
  final HttpRunner runner;

  /// Type and answer of each request.
  final List<String> told = new CopyOnWriteArrayList<>();

  Sending(HttpRunnerConfig config, NameLookup.Names names, SSLContext tls) {
    sender = new HttpSender(config, HttpSender.MAX_IDLE, names, () -> tls, InstantSource.system());
    runner =
        new HttpRunner(
            sender, InstantSource.system(), (type, answer) -> told.add(type + " " + answer.wire()));
  }

  /// One that may ask targets on loopback.
  static Sending local(String timeout) throws NoSuchAlgorithmException {
    return new Sending(
        config(timeout, "127.0.0.1", ""), _ -> List.of(LOOPBACK), SSLContext.getDefault());
  }

  static HttpRunnerConfig config(String timeout, String privates, String keys) {
    return new HttpRunnerConfig(
        Duration.ofSeconds(2),
        Duration.parse(timeout),
        1024,
        HostAllowlist.NONE,
        HostAllowlist.parse(privates),
        SigningKeyRing.parse(keys));
  }

  static TaskRun task(String payload) {
    return new TaskRun(
        ID,
        2,
        new FencingToken(1795464078439L, "0123456789abcdef"),
        payload.getBytes(StandardCharsets.UTF_8),
        Optional.empty(),
        64 << 10);
  }

  /// An attempt under way.
  record Attempt(Thread thread, CompletableFuture<String> result) {
    /// What it handed back.
    String kept() throws Exception {
      return result.get(20, TimeUnit.SECONDS);
    }

    /// What it threw.
    Throwable thrown() throws Exception {
      try {
        String kept = kept();
        throw new AssertionError("it ended well: " + kept);
      } catch (ExecutionException e) {
        return e.getCause();
      }
    }

    TaskFailure failure() throws Exception {
      Throwable thrown = thrown();
      if (thrown instanceof TaskFailure failure) {
        return failure;
      }
      throw new AssertionError("no failure of the runner", thrown);
    }
  }

  Attempt start(String payload) {
    CompletableFuture<String> result = new CompletableFuture<>();
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                result.complete(
                    new String(runner.run(task(payload)).json(), StandardCharsets.UTF_8));
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            });
    return new Attempt(thread, result);
  }

  Attempt get(String url) {
    return start("{\"method\":\"GET\",\"url\":\"" + url + "\"}");
  }

  @Override
  public void close() {
    sender.close();
  }
}
