-- queue-open.lua  Lets queues whose settings have changed have their turns, where they may now: a page of those that have ready
-- tasks in a priority. Through any node. Those that may not start any more are taken out by the next claim.
-- include: record, index
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] the name of a queue, or '<prefix>*'
-- ARGV[2] priority
-- ARGV[3] the last queue of the page before, '' at first
-- ARGV[4] limit, 1 to 500
-- Returns the last queue of this page, '' at the end.
local name, priority = ARGV[1], ARGV[2]
local prefix = string.match(name, '^(.*)%*$')
local from = ARGV[3] ~= '' and '(' .. ARGV[3] or prefix ~= '' and '[' .. (prefix or name) or '-'
local names
if prefix then
  local to = prefix == '' and '+' or '(' .. prefix .. '\255'
  names = redis.call('ZRANGEBYLEX', K['queues:' .. priority], from, to, 'LIMIT', 0, ARGV[4])
else
  names = redis.call('ZSCORE', K['queues:' .. priority], name) and { name } or {}
end
redis.call('ZCARD', K.closed)
redis.call('ZCARD', K['turns:' .. priority])
has_settings()
begin_writing(KEYS[1])
local open = false
for _, queue in ipairs(names) do
  if redis.call('EXISTS', K['closing:'] .. queue) == 0 then
    redis.call('ZREM', K.closed, queue) -- closed by a rate, which may be another now
  end
  if not redis.call('ZSCORE', K['turns:' .. priority], queue) then
    open = offer(priority, queue) or open
  end
end
if open then
  wake()
end
return prefix and #names == tonumber(ARGV[4]) and names[#names] or ''
