package dev.taskscheduler.handlers.ui;

/// The versions of the dashboard's libraries, which are parts of their resources' paths.
final class UiLibraries {
  static final String PREACT = "${version.preact}";
  static final String HTM = "${version.htm}";
  static final String UPLOT = "${version.uplot}";

  private UiLibraries() {}
}
