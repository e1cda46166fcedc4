package dev.taskscheduler.leader.raft;

/// What a member tells all others of itself.
///
/// @param http where people and programs reach it, `host:port`
/// @param version of the program it runs
public record NodeEntry(String http, String version) {}
