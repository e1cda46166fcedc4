package dev.taskscheduler.metrics;

import java.lang.management.ClassLoadingMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/// Of the JVM what Helidon measures too, but under names that end as a counter's or a histogram's
/// do and are none.
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
