-- damaged.lua  Counts what was set aside since it could not be read.
-- KEYS[1] list {ns}:damaged
-- Returns how many entries there are; 1 where something of another type stands there.
local count = redis.pcall('LLEN', KEYS[1])
return type(count) == 'number' and count or 1
