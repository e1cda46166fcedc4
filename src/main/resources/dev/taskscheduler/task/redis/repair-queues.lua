-- repair-queues.lua  Looks through a page of the queues of a priority: one without tasks is removed, one that is out of its turns
-- for no reason has them again.
-- include: record, index
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] fencing token
-- ARGV[2] priority
-- ARGV[3] the last queue of the page before, '' at first
-- ARGV[4] limit, 1 to 500
-- Returns the last queue of this page ('' at the end), how many queues were put right, then of each queue its name and how its
-- list stands, as repair-stale.lua takes it. Errors: FENCED.
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the lease')
end
local priority, limit = ARGV[2], tonumber(ARGV[4])
local names = redis.call('ZRANGEBYLEX', K['queues:' .. priority], ARGV[3] == '' and '-' or '(' .. ARGV[3], '+', 'LIMIT', 0, limit)
local answer, gone, idle, damaged = { #names == limit and short(names[#names]) or '', 0 }, {}, {}, {}
for _, queue in ipairs(names) do
  local key = is_queue(queue) and ready(priority, queue)
  if not key or length_of(key) == 0 then
    gone[#gone + 1] = queue
  else
    local time = redis.call('ZSCORE', K['turns:' .. priority], queue)
    if not time then
      idle[#idle + 1] = queue
    elseif not is_time(tonumber(time)) then
      idle[#idle + 1] = queue
      damaged[#damaged + 1] = queue
    end
    local stale = redis.call('HGET', K.stale, priority .. ':' .. queue) or '0'
    answer[#answer + 1] = queue
    answer[#answer + 1] = stale .. ' ' .. short(redis.call('LINDEX', key, -1))
  end
end
has_settings()
if #gone > 0 then
  redis.call('ZREM', K['queues:' .. priority], unpack(gone)) -- frees
  redis.call('ZREM', K['turns:' .. priority], unpack(gone))
end
if #idle > 0 then
  begin_writing(KEYS[1])
end
if #damaged > 0 then
  redis.call('ZREM', K['turns:' .. priority], unpack(damaged))
end
local open = 0
for _, queue in ipairs(idle) do
  open = open + (offer(priority, queue) and 1 or 0)
end
if open > 0 then
  wake()
end
answer[2] = #gone + open
return answer
