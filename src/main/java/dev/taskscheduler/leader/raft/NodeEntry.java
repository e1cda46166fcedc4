package dev.taskscheduler.leader.raft;

/// The entry of one member in the replicated registry of nodes.
///
/// @param http where people and programs reach it, `host:port`
/// @param version of the program it runs
public record NodeEntry(String http, String version) {}
