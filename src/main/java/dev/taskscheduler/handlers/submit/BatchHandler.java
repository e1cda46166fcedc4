package dev.taskscheduler.handlers.submit;

import dev.taskscheduler.handlers.auth.Caller;
import dev.taskscheduler.handlers.auth.CommandLog;
import dev.taskscheduler.handlers.server.BodyMemoryLimit;
import dev.taskscheduler.handlers.server.ClientGone;
import dev.taskscheduler.handlers.server.ErrorMapping;
import dev.taskscheduler.handlers.server.RequestBody;
import dev.taskscheduler.handlers.wire.JsonText;
import dev.taskscheduler.handlers.wire.Problem;
import dev.taskscheduler.handlers.wire.Responses;
import dev.taskscheduler.handlers.wire.TraceHeader;
import dev.taskscheduler.spi.PayloadError;
import dev.taskscheduler.task.Durability;
import dev.taskscheduler.task.NewTask;
import dev.taskscheduler.task.StoreException;
import dev.taskscheduler.task.SubmitResult;
import dev.taskscheduler.task.TaskService;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.http.ServerRequestHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;

/// `POST /submit/batch`: up to 10,000 tasks in one call, as a JSON array or as lines. The body is
/// read as it comes and its tasks go to Redis as they are read, a few hundred at a time; what is
/// answered is written once all of the body is read, so that a client that only sends need not
/// listen yet.
public final class BatchHandler implements Handler {
  static final int MOST_ITEMS = 10_000;

  private static final List<String> LINES =
      List.of("application/x-ndjson", "application/jsonl", "application/ndjson");

  private static final int WINDOW = 1_000;
  private static final long WINDOW_BYTES = 4L << 20;

  /// What is held of an item that was sent, and written of it in the answer, in about so many
  /// bytes.
  private static final long ANSWER_BYTES = 256;

  /// So many faults are listed in all; an item beyond has a status and a detail, and no list.
  private static final int MOST_FAULTS = 2_000;

  private final TaskService tasks;
  private final SubmitParser parser;
  private final SubmitProblems answers;
  private final IdempotencyKeys keys;
  private final BodyMemoryLimit room;
  private final int maxItemBytes;

  public BatchHandler(TaskService tasks, SubmitLimits limits, BodyMemoryLimit room) {
    this.tasks = tasks;
    this.parser = new SubmitParser(limits.maxBodyBytes(), InstantSource.system());
    this.answers = new SubmitProblems(tasks.types());
    this.keys = new IdempotencyKeys(limits.idempotencyTtl());
    this.room = room;
    this.maxItemBytes = limits.maxBodyBytes();
  }

  private record Sent(
      int place, int bytes, boolean durable, CompletableFuture<SubmitResult> answer) {}

  @Override
  public void handle(ServerRequest req, ServerResponse res) throws IOException {
    Optional<Boolean> lines = lines(req.headers());
    if (lines.isEmpty()) {
      Responses.problem(
          req,
          res,
          Problem.of(
              Status.UNSUPPORTED_MEDIA_TYPE_415,
              "Send Content-Type: application/json with an array of tasks, or"
                  + " application/x-ndjson with one task a line; the charset, if named, is utf-8."));
      return;
    }
    Optional<String> key = IdempotencyKeys.read(req.headers());
    try (BodyMemoryLimit.Share share = room.share()) {
      new Batch(req, lines.get(), key, share).answer(req, res);
    }
  }

  private static Optional<Boolean> lines(ServerRequestHeaders headers) {
    if (RequestBody.isUtf8(headers, RequestBody.JSON)) {
      return Optional.of(false);
    }
    return LINES.stream().anyMatch(type -> RequestBody.isUtf8(headers, type))
        ? Optional.of(true)
        : Optional.empty();
  }

  /// One call.
  private final class Batch {
    private final ServerRequest req;
    private final boolean lines;
    private final Optional<String> key;
    private final BodyMemoryLimit.Share share;
    private final List<Consumer<JsonGenerator>> items = new ArrayList<>(); // each writes its part
    private final Deque<Sent> sent = new ArrayDeque<>();
    private final int stream = ThreadLocalRandom.current().nextInt();
    private long sentBytes;
    private int faults;
    private int beyond;
    private int accepted;
    private int duplicates;
    private boolean cut;

    Batch(ServerRequest req, boolean lines, Optional<String> key, BodyMemoryLimit.Share share) {
      this.req = req;
      this.lines = lines;
      this.key = key;
      this.share = share;
    }

    void answer(ServerRequest request, ServerResponse res) throws IOException {
      Optional<Problem> broken = read();
      while (!sent.isEmpty()) {
        settle();
      }
      if (cut) {
        res.header(HeaderValues.CONNECTION_CLOSE); // nobody knows where the next request begins
      }
      if (items.isEmpty() && broken.isPresent()) {
        Responses.problem(request, res, broken.get());
        return;
      }
      byte[] body = JsonText.object(json -> write(json, broken));
      Responses.json(request, res, Status.OK_200, body);
    }

    /// Reads all there is.
    ///
    /// @return why the rest was not read
    private Optional<Problem> read() throws IOException {
      if (!req.content().hasEntity()) {
        return Optional.of(
            SubmitProblems.malformed(
                "The body is empty; send a JSON array of tasks, or one task a line."));
      }
      try (InputStream in = req.content().inputStream()) {
        ItemSplitter splitter = new ItemSplitter(in, lines, maxItemBytes, this::hold);
        for (Optional<byte[]> item = splitter.next(); item.isPresent(); item = splitter.next()) {
          if (items.size() == MOST_ITEMS) {
            beyond++;
          } else if (splitter.wasTooLong()) {
            items.add(ErrorMapping.tooLarge()::write);
          } else {
            submit(item.get());
          }
        }
        return beyond == 0 ? Optional.empty() : Optional.of(tooMany());
      } catch (ItemSplitter.BrokenBatch e) {
        return Optional.of(SubmitProblems.malformed(String.valueOf(e.getMessage())));
      } catch (HttpException | ClientGone e) {
        if (items.isEmpty()) {
          throw e; // as for every other body
        }
        cut = true;
        return Optional.of(cut(e));
      }
    }

    /// Waits for memory for an item beside what is held already.
    private void hold(int itemBytes) {
      share.atLeast(sentBytes + itemBytes + ANSWER_BYTES * items.size());
    }

    /// Why the rest of a body could not be read of which items were kept.
    private static Problem cut(RuntimeException why) {
      return switch (why) {
        case ClientGone gone ->
            SubmitProblems.malformed("The body ended before its Content-Length or its last chunk.");
        case BodyMemoryLimit.NoRoom none ->
            BodyMemoryLimit.NoRoom.problem("The rest of the batch was not stored");
        case HttpException large when large.status().equals(Status.REQUEST_ENTITY_TOO_LARGE_413) ->
            ErrorMapping.tooLarge();
        default ->
            SubmitProblems.malformed("The rest of the body cannot be read: " + why.getMessage());
      };
    }

    private Problem tooMany() {
      return Problem.of(
          Status.REQUEST_ENTITY_TOO_LARGE_413,
          "A batch has at most %s tasks; the last %s were not stored. Send them in another batch."
              .formatted(MOST_ITEMS, beyond));
    }

    private void submit(byte[] item) {
      int place = items.size();
      switch (parser.parse(item, key.isPresent())) {
        case SubmitRequest.Valid(NewTask task) when !Caller.current().allows(task.type()) ->
            items.add(SubmitProblems.typeNotAllowed()::write);
        case SubmitRequest.Valid(NewTask task) -> {
          NewTask traced = TraceHeader.kept(req.headers(), task);
          NewTask once =
              key.map(k -> traced.terms(traced.terms().once(keys.once(k, place, item))))
                  .orElse(traced);
          items.add(json -> {}); // until it is answered
          send(place, item.length, once);
        }
        case SubmitRequest.Invalid invalid ->
            items.add(SubmitProblems.invalid(shown(SubmitProblems.errors(invalid, tasks)))::write);
        case SubmitRequest.Malformed(String detail) ->
            items.add(SubmitProblems.malformed(detail)::write);
      }
    }

    /// The faults of an item, or none once the items before have shown as many as a batch may.
    private <T> List<T> shown(List<T> found) {
      boolean room = faults + found.size() <= MOST_FAULTS;
      faults += room ? found.size() : 0;
      return room ? found : List.of();
    }

    private void send(int place, int bytes, NewTask task) {
      while (sent.size() >= WINDOW || !sent.isEmpty() && sentBytes + bytes > WINDOW_BYTES) {
        settle();
      }
      boolean durable = task.terms().durability() != Durability.MEMORY;
      hold(bytes);
      sent.add(new Sent(place, bytes, durable, tasks.submitLater(task, stream)));
      sentBytes += bytes;
    }

    /// Waits for the oldest answer that is missing.
    private void settle() {
      Sent oldest = sent.remove();
      sentBytes -= oldest.bytes;
      items.set(oldest.place, await(oldest));
    }

    private Consumer<JsonGenerator> await(Sent task) {
      try {
        return item(task.durable, task.answer.get());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StoreException.Unavailable("interrupted while it waited for Redis", e);
      } catch (ExecutionException e) {
        Throwable cause =
            e.getCause() instanceof CompletionException wrapped ? wrapped.getCause() : e.getCause();
        if (cause instanceof StoreException known) {
          return ErrorMapping.of(known)::write;
        }
        throw new CompletionException(cause);
      }
    }

    private Consumer<JsonGenerator> item(boolean durable, SubmitResult result) {
      return switch (result) {
        case SubmitResult.Accepted(String id, Durability reached) -> {
          CommandLog.submitted(id);
          yield stored(id, reached, durable);
        }
        case SubmitResult.Replayed(String id, Durability reached) -> stored(id, reached, durable);
        case SubmitResult.Duplicate(String id) -> {
          duplicates++;
          yield json -> {
            write(json, id, Status.OK_200);
            json.writeBooleanProperty("duplicate", true);
          };
        }
        case SubmitResult.InvalidFields(List<PayloadError> found) ->
            answers.problem(new SubmitResult.InvalidFields(shown(found)))::write;
        default -> answers.problem(result)::write;
      };
    }

    private Consumer<JsonGenerator> stored(String id, Durability reached, boolean durable) {
      accepted++;
      return json -> {
        write(json, id, Status.ACCEPTED_202);
        if (durable) {
          json.writeStringProperty("durability", JsonText.word(reached));
        }
      };
    }

    private static void write(JsonGenerator json, String id, Status status) {
      json.writeStringProperty("id", id);
      json.writeNumberProperty("status", status.code());
    }

    private void write(JsonGenerator json, Optional<Problem> broken) {
      json.writeArrayPropertyStart("results");
      for (Consumer<JsonGenerator> item : items) {
        json.writeStartObject();
        item.accept(json);
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeNumberProperty("accepted", accepted);
      json.writeNumberProperty("duplicates", duplicates);
      json.writeNumberProperty("refused", items.size() - accepted - duplicates + beyond);
      broken.ifPresent(problem -> {
        json.writeObjectPropertyStart("problem");
        problem.write(json);
        json.writeEndObject();
      });
    }
  }
}
