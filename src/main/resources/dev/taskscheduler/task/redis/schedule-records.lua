-- schedule-records.lua  Shows what a schedule did. Through any node.
-- include: record, index
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] name
-- ARGV[2] limit
-- Returns lines of schedule.lua, the newest first.
local lines, sound = redis.pcall('LRANGE', K['fires:'] .. ARGV[1], 0, ARGV[2] - 1), {}
for _, line in ipairs(lines.err and {} or lines) do
  if #line <= LONGEST_VALUE then
    sound[#sound + 1] = line
  end
end
return sound
