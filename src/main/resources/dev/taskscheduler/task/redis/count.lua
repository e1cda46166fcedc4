-- count.lua  Counts what stands where.
-- KEYS[1] list {ns}:ready:high  KEYS[2] medium  KEYS[3] low  KEYS[4] zset {ns}:scheduled  KEYS[5] hash {ns}:running
-- KEYS[6] list {ns}:done        KEYS[7] zset {ns}:dead
-- Returns their sizes in this order.
return {
  redis.call('LLEN', KEYS[1]), redis.call('LLEN', KEYS[2]), redis.call('LLEN', KEYS[3]), redis.call('ZCARD', KEYS[4]),
  redis.call('HLEN', KEYS[5]), redis.call('LLEN', KEYS[6]), redis.call('ZCARD', KEYS[7]),
}
