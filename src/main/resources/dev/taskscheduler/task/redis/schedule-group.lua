-- schedule-group.lua  Lists the schedules of a group. Through any node.
-- include: record, index
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] group
-- ARGV[2] limit
-- Returns their names.
local names = {}
for _, name in ipairs(redis.call('ZRANGE', K['group:'] .. ARGV[1], 0, ARGV[2] - 1)) do
  names[#names + 1] = short(name)
end
return names
