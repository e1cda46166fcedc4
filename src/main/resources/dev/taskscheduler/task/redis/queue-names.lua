-- queue-names.lua  Lists queues: those that have ready or running tasks, or settings of their own.
-- include: record, index
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] the last name of the page before, '' at first
-- ARGV[2] limit, 1 to 500
-- Returns names, some twice and in no order, beyond the last of the page before: all up to the limit, maybe more.
local names = {}
for _, priority in ipairs(PRIORITIES) do
  local from = ARGV[1] == '' and '-' or '(' .. ARGV[1]
  for _, name in ipairs(redis.call('ZRANGEBYLEX', K['queues:' .. priority], from, '+', 'LIMIT', 0, ARGV[2])) do
    names[#names + 1] = short(name)
  end
end
for _, hash in ipairs({ K.settings, K.occupied }) do
  for _, name in ipairs(redis.call('HKEYS', hash)) do -- in no order: the caller has one, and Redis's depends on its locale
    names[#names + 1] = short(name)
  end
end
return names
