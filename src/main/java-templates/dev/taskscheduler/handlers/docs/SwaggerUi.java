package dev.taskscheduler.handlers.docs;

/// The version of Swagger UI that the build brings along, which is part of its resources' path.
final class SwaggerUi {
  static final String VERSION = "${version.swagger-ui}";

  private SwaggerUi() {}
}
