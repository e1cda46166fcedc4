-- damaged.lua  Counts what was set aside since it could not be read.
-- include: record
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- Returns how many entries there are; 1 where something of another type stands there.
local count = redis.pcall('LLEN', K.damaged)
return type(count) == 'number' and count or 1
