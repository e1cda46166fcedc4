-- schedule-names.lua  Lists names of schedules. Through any node.
-- include: record, index
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] the last name of the page before, '' at first
-- ARGV[2] limit, 1 to 500
-- Returns names in their order.
local names, from = {}, ARGV[1] ~= '' and '(' .. ARGV[1] or '-'
for _, name in ipairs(redis.call('ZRANGEBYLEX', K.schedules, from, '+', 'LIMIT', 0, ARGV[2])) do
  names[#names + 1] = short(name)
end
return names
