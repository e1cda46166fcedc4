package dev.taskscheduler.cluster;

import java.time.Instant;

/// A node as it announced itself.
///
/// @param http where people and programs reach it, `host:port`
/// @param version of the program it runs
/// @param seen when it last announced itself, by Redis's clock
public record ClusterNode(String id, String http, String version, Instant seen) {}
