package dev.taskscheduler.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.taskscheduler.spi.FencingToken;
import org.junit.jupiter.api.Test;

class LeaseRequestTest {
  @Test
  void each_stand_has_a_nonce_of_its_own() {
    String nonce = LeaseRequest.newNonce();
    assertNotEquals(nonce, LeaseRequest.newNonce());
    assertEquals(nonce, new FencingToken(1, nonce).nonce());
  }
}
