package dev.taskscheduler.handlers.schedules;

import dev.taskscheduler.handlers.files.SmallFile;
import dev.taskscheduler.handlers.submit.TemplateReader;
import dev.taskscheduler.handlers.wire.BodyResult;
import dev.taskscheduler.handlers.wire.FieldError;
import dev.taskscheduler.handlers.wire.StrictJson;
import dev.taskscheduler.schedule.NewSchedule;
import dev.taskscheduler.task.TaskService;
import dev.taskscheduler.yaml.YamlJson;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A file of schedules, in YAML, as `PUT /schedules` takes them in JSON. While it has a fault, what
/// stood there before counts.
public final class ScheduleFile {
  private static final System.Logger LOG = System.getLogger(ScheduleFile.class.getName());

  private final Path path;
  private final StrictJson json;
  private final TemplateReader templates;
  private volatile Optional<Map<String, NewSchedule>> schedules = Optional.empty();

  /// @param tasks checks the payloads
  public ScheduleFile(Path path, TaskService tasks, int maxBodyBytes) {
    this.path = path;
    this.json = new StrictJson(maxBodyBytes);
    this.templates = new TemplateReader(tasks, maxBodyBytes, ScheduleReader::fire);
  }

  /// The file before it is read for the first time.
  public SmallFile unread() {
    return new SmallFile.Unreadable(path, "it is not read yet");
  }

  /// What stands there; empty until it could be read once.
  public Optional<Map<String, NewSchedule>> schedules() {
    return schedules;
  }

  /// Takes the file as it is now.
  ///
  /// @return what is wrong with it
  public List<String> changed(SmallFile now) {
    List<String> faults =
        switch (now) {
          case SmallFile.Content(Path _, String text) -> read(text);
          case SmallFile.Unreadable unreadable -> List.of(unreadable.why());
        };
    if (faults.isEmpty()) {
      int count = schedules.orElseThrow().size();
      LOG.log(Level.INFO, () -> "schedules file read file=%s count=%s".formatted(path, count));
      return List.of();
    }
    List<String> listed = faults.stream().map(why -> path + ": " + why).toList();
    LOG.log(
        Level.WARNING,
        () -> "schedules file has faults, what stood there before counts why=%s".formatted(listed));
    return listed;
  }

  private List<String> read(String text) {
    byte[] body;
    try {
      body = YamlJson.of(text);
    } catch (IllegalArgumentException e) {
      return List.of(String.valueOf(e.getMessage()));
    }
    BodyResult<Map<String, NewSchedule>> read =
        json.read(
            body,
            parser -> new GroupReader(parser, body, json, templates).read(),
            BodyResult.Malformed::new);
    return switch (read) {
      case BodyResult.Valid<Map<String, NewSchedule>>(Map<String, NewSchedule> all) -> {
        schedules = Optional.of(Map.copyOf(all));
        yield List.of();
      }
      case BodyResult.Invalid<Map<String, NewSchedule>>(List<FieldError> faults) -> {
        List<String> texts = new ArrayList<>();
        faults.forEach(fault -> texts.add(fault.pointer() + " " + fault.detail()));
        yield texts;
      }
      case BodyResult.Malformed<Map<String, NewSchedule>>(String detail) -> List.of(detail);
    };
  }
}
