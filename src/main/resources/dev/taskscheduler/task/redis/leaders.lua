-- leaders.lua  Shows who has led, the newest first.
-- include: record
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] how many at the most
-- Returns the members of `leaders`: '<epoch> <node>', then with tabs between them elector, since (ms) and why, where
-- they are known.
local leaders = redis.call('ZREVRANGE', K.leaders, 0, tonumber(ARGV[1]) - 1)
for i, leader in ipairs(leaders) do
  leaders[i] = string.sub(leader, 1, LONGEST_VALUE)
end
return leaders
