-- paused.lua  Shows what is paused.
-- KEYS[1] hash  {ns}:paused   'all', 'priority:<name>', 'type:<name>' -> since, ms
-- Returns what and since when, in turns.
return redis.call('HGETALL', KEYS[1])
