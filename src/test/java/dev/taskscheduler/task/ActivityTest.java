package dev.taskscheduler.task;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ActivityTest {
  @Test
  void what_was_done_is_taken_once_and_what_is_put_back_is_added_to_what_came_meanwhile() {
    Activity activity = new Activity();
    activity.submitted();
    activity.started();
    activity.started();
    activity.completed();
    activity.failed();
    ActivityCounts done = activity.take();
    assertEquals(new ActivityCounts(1, 2, 1, 1), done);
    assertEquals(new ActivityCounts(0, 0, 0, 0), activity.take());
    activity.failed();
    activity.putBack(done);
    assertEquals(new ActivityCounts(1, 2, 1, 2), activity.take());
  }
}
