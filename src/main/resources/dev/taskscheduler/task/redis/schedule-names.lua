-- schedule-names.lua  Lists names of schedules, or says how many there are. Through any node.
-- include: record, index
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] the last name of the page before, '' at first
-- ARGV[2] limit, 0 to 500
-- Returns the time in us, how many there are, how many of them are to be looked at some time, when the first is, ms ('' if none),
-- then names in their order.
local first = redis.call('ZRANGE', K.due, 0, 0, 'WITHSCORES')[2] or ''
local answer = { string.format('%.0f', now_us()), redis.call('ZCARD', K.schedules), redis.call('ZCARD', K.due), first }
local from = ARGV[1] ~= '' and '(' .. ARGV[1] or '-'
for _, name in ipairs(redis.call('ZRANGEBYLEX', K.schedules, from, '+', 'LIMIT', 0, ARGV[2])) do
  answer[#answer + 1] = short(name)
end
return answer
