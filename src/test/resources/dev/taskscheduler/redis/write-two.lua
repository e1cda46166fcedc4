-- write-two.lua  Writes two keys, of which Java names one.
-- KEYS[1] string  {ns}:leader   the other is {ns}:second
redis.call('SET', KEYS[1], '1')
redis.call('SET', string.gsub(KEYS[1], ':leader$', ':second'), '1')
