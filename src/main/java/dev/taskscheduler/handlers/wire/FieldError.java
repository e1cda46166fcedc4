package dev.taskscheduler.handlers.wire;

/// One error in a request body.
///
/// @param pointer where, as a JSON Pointer (RFC 6901)
/// @param detail what to change
public record FieldError(String pointer, String detail) {}
