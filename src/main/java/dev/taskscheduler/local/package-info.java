/// `./run`: nodes and a redis-server on one machine. Never in the image.
///
/// Sees `redis`. Begin with `LocalCluster`.
@NullMarked
package dev.taskscheduler.local;

import org.jspecify.annotations.NullMarked;
