package dev.taskscheduler.metrics;

import java.lang.management.ClassLoadingMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/// Gauges of the JVM that Helidon measures too, but under names with the endings of counters or
/// histograms.
final class JvmGauges {
  private JvmGauges() {}

  static void add(MeterRegistryWriter book) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    ClassLoadingMXBean classes = ManagementFactory.getClassLoadingMXBean();
    book.gauge("jvm_threads", "Platform threads that live", threads::getThreadCount);
    book.gauge("jvm_threads_daemon", "Daemons among them", threads::getDaemonThreadCount);
    book.gauge("jvm_threads_peak", "The most that ever lived", threads::getPeakThreadCount);
    book.gauge("jvm_classes_loaded", "Classes that are loaded", classes::getLoadedClassCount);
  }
}
