/// The nodes of a cluster.
///
/// Sees only Java. Begin with `ClusterNode`.
@NullMarked
package dev.taskscheduler.cluster;

import org.jspecify.annotations.NullMarked;
