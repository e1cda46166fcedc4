/// Tests of what is delivered: Compose file, manifests, licences and the supply chain.
@NullMarked
package dev.taskscheduler.ship;

import org.jspecify.annotations.NullMarked;
