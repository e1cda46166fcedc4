package dev.taskscheduler;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Holds the rooms and their arrows as `docs/architecture.md` draws them.
class ArchitectureTest {
  private static final String BASE = "dev.taskscheduler";
  private static final String[] FREE = {
    "java..",
    "org.jspecify..",
    "com.google.errorprone.annotations..",
    "dev.taskscheduler.process",
    "dev.taskscheduler.net",
    "dev.taskscheduler.time",
    "dev.taskscheduler.logging",
    "dev.taskscheduler.tracing"
  };
  private static final String HTTP_CORE = "org.apache.hc.core5..";
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .withImportOption(ArchitectureTest::isNoTest)
          .importPackages(BASE);

  /// Also where main classes and tests were compiled into one folder.
  private static boolean isNoTest(Location location) {
    String path = location.asURI().toString();
    String type = path.substring(path.lastIndexOf(BASE.replace('.', '/'))).split("[$.]", 2)[0];
    return Files.notExists(Path.of("src/test/java", type + ".java"));
  }

  private static String room(String name) {
    return BASE + "." + name;
  }

  private static void sees(String room, String... seen) {
    String[] allowed =
        Stream.of(Arrays.stream(FREE), Stream.of(room(room)), Arrays.stream(seen))
            .flatMap(s -> s)
            .toArray(String[]::new);
    classes()
        .that()
        .resideInAPackage(room(room))
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed)
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void the_low_rooms_see_only_java_and_what_is_drawn() {
    sees("process");
    sees("net");
    sees("time");
    sees("tracing");
    sees("tracing.otel", "io.opentelemetry..");
    sees("yaml", "org.yaml.snakeyaml..", "tools.jackson.core..");
    sees("audit");
    sees("lease", room("spi"));
    sees("cluster");
    sees("task", room("spi"), "com.github.f4b6a3.uuid..");
    sees("queue", room("task"));
    sees("schedule", room("task"), room("spi"));
    sees("leader", room("lease"), room("spi"));
    sees("runner", room("spi"), "tools.jackson.core..");
    sees(
        "runner.http",
        room("runner"),
        room("task"),
        room("spi"),
        "tools.jackson.core..",
        HTTP_CORE,
        "javax.net.ssl",
        "javax.crypto..");
    sees("logging", "io.helidon.logging.common");
    sees("redis", "redis.clients.jedis..", "org.apache.commons.pool2..", "javax.net.ssl");
  }

  /// A module of its own in all but name: authors of runners have it alone on their class path.
  @Test
  void what_runners_are_compiled_against_sees_only_java_base() {
    classes()
        .that()
        .resideInAPackage(room("spi"))
        .should()
        .onlyDependOnClassesThat(
            describe(
                "are in java.base or in the package itself",
                seen ->
                    seen.getPackageName().equals(room("spi"))
                        || inJavaBase(seen.getBaseComponentType())))
        .check(CLASSES);
  }

  private static boolean inJavaBase(JavaClass type) {
    return type.isPrimitive()
        || Object.class.getModule().getPackages().contains(type.getPackageName());
  }

  @Test
  void the_working_rooms_see_what_is_drawn() {
    sees("node", room("leader"), room("task"), room("schedule"), room("runner"), room("spi"));
    sees("cluster.redis", room("cluster"), room("redis"));
    sees("audit.redis", room("audit"), room("redis"), room("task"));
    sees("lease.redis", room("lease"), room("spi"), room("redis"), "redis.clients.jedis..");
    sees(
        "task.redis",
        room("task"),
        room("queue"),
        room("schedule"),
        room("spi"),
        room("redis"),
        "redis.clients.jedis..");
    sees("leader.redis", room("leader"), room("lease"), room("redis"), "redis.clients.jedis..");
    sees("leader.raft", room("leader"), "org.apache.ratis..", "javax.net.ssl", "javax.crypto..");
    sees("local", room("redis"), "redis.embedded..", "sun.misc");
  }

  /// A program of its own in the same jar: it starts fast since it loads nothing of a node.
  @Test
  void the_command_line_sees_nothing_of_the_server_and_nobody_sees_it() {
    classes()
        .that()
        .resideInAPackage(room("cli"))
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "java..",
            "javax.net.ssl",
            "org.jspecify..",
            "picocli..",
            "tools.jackson.core..",
            room("cli"),
            room("process"),
            room("time"),
            room("yaml"))
        .check(CLASSES);
    onlyIn(room("cli"), room("cli"));
  }

  /// The web server and JSON, for all parts of the REST face.
  private static void partSees(String part, String... rooms) {
    String[] seen =
        Stream.concat(
                Arrays.stream(rooms).map(ArchitectureTest::room),
                Stream.of(
                    "io.helidon..", "tools.jackson.core..", "javax.net.ssl", "java.security.."))
            .toArray(String[]::new);
    sees("handlers." + part, seen);
  }

  @Test
  void each_part_of_the_rest_face_sees_what_is_drawn() {
    partSees("files");
    partSees("tls", "handlers.files");
    sees(
        "handlers.wire",
        room("handlers.tls"),
        room("spi"),
        room("task"),
        "io.helidon..",
        "tools.jackson.core..");
    partSees("auth", "handlers.files", "handlers.wire", "audit");
    partSees("server", "handlers.auth", "handlers.wire", "task");
    partSees("docs", "handlers.wire", "yaml");
    partSees("submit", "spi", "handlers.server", "handlers.auth", "handlers.wire", "task");
    partSees("cluster", "handlers.auth", "handlers.wire", "cluster", "leader", "task");
    partSees(
        "tasks",
        "handlers.cluster",
        "handlers.submit",
        "handlers.auth",
        "handlers.wire",
        "leader",
        "task");
    partSees(
        "overview",
        "handlers.auth",
        "handlers.cluster",
        "handlers.server",
        "handlers.tasks",
        "handlers.wire",
        "cluster",
        "leader",
        "task");
    partSees(
        "queues",
        "handlers.server",
        "handlers.submit",
        "handlers.auth",
        "handlers.wire",
        "queue",
        "task");
    partSees(
        "schedules",
        "handlers.files",
        "handlers.server",
        "handlers.submit",
        "handlers.auth",
        "handlers.wire",
        "schedule",
        "task",
        "yaml");
    sees(
        "handlers",
        BASE + ".handlers..",
        room("audit"),
        room("queue"),
        room("schedule"),
        room("task"),
        "io.helidon..");
  }

  /// The clocks of nodes may be off by hours: what fires goes by the time that Redis answered.
  @Test
  void no_clock_of_a_node_decides_when_a_schedule_fires() {
    noClasses()
        .that()
        .resideInAPackage(room("schedule"))
        .or()
        .haveNameMatching(
            ".*\\.(FireSchedules|ClockGuard|RedisFires|RedisSchedules|FireTasks)(\\$.*)?")
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .accessClassesThat()
        .areAssignableTo(InstantSource.class)
        .check(CLASSES);
  }

  @Test
  void meters_see_the_listeners_of_the_rooms() {
    sees(
        "metrics",
        room("handlers.wire"),
        room("leader"),
        room("leader.raft"),
        room("spi"),
        room("node"),
        room("queue"),
        room("redis"),
        room("runner.http"),
        room("schedule"),
        room("task"),
        "io.helidon..",
        "io.micrometer..");
  }

  @Test
  void nobody_imports_main_and_only_main_imports_conf() {
    noClasses()
        .that()
        .resideInAPackage(BASE + "..")
        .and()
        .doNotHaveFullyQualifiedName(
            BASE + ".AotTraining") // another main: it starts what Main does
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName(BASE + ".Main")
        .check(CLASSES);
    noClasses()
        .that()
        .resideOutsideOfPackages(BASE, room("conf"))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(room("conf"))
        .check(CLASSES);
  }

  @Test
  void each_technology_stays_in_its_rooms() {
    onlyIn(
        "redis.clients..",
        room("redis"),
        room("lease.redis"),
        room("task.redis"),
        room("leader.redis"),
        room("local"));
    onlyIn("org.apache.ratis..", room("leader.raft"));
    onlyIn("io.opentelemetry..", room("tracing.otel"));
    onlyIn("org.apache.hc..", room("runner.http"));
    onlyIn("picocli..", room("cli"));
    onlyIn("org.yaml.snakeyaml..", room("yaml"));
    onlyIn("io.helidon.config..", room("conf"), BASE, BASE + ".handlers..", room("metrics"));
    onlyIn(
        "io.helidon..", BASE + ".handlers..", room("metrics"), room("conf"), room("logging"), BASE);
  }

  private static void onlyIn(String technology, String... rooms) {
    noClasses()
        .that()
        .resideOutsideOfPackages(rooms)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(technology)
        .check(CLASSES);
  }

  @Test
  void the_leaders_calls_are_seen_only_by_the_node_and_their_adapter() {
    noClasses()
        .that()
        .resideOutsideOfPackages(BASE, room("task"), room("task.redis"), room("node"))
        .should()
        .dependOnClassesThat()
        .haveNameMatching(room("task") + ".(Claims|TaskMaintenance)")
        .check(CLASSES);
  }

  @Test
  void no_circle_among_the_rooms() {
    slices().matching(BASE + ".(**)").should().beFreeOfCycles().check(CLASSES);
  }
}
