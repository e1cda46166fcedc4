/// YAML written as JSON, for the server and for the command line. Every package may see it.
///
/// Sees only Java, snakeyaml and jackson-core. Begin with `YamlJson`.
@NullMarked
package dev.taskscheduler.yaml;

import org.jspecify.annotations.NullMarked;
