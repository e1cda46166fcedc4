-- count.lua  Counts what stands where, and shows for how long the task at the front of each priority has been ready.
-- include: record, index
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] bytes of a record that hold all but the payload
-- Returns how many are ready by priority, scheduled, running, completed, dead, expired and cancelled; then of high, medium and
-- low for how long the one that has been ready longest, of those at the front of a queue, has been ready, in ms: since it was
-- submitted, was due, or was last tried, whichever was last; -1 if there is none in the first 100 queues of the turns.
local counts = redis.call('HMGET', K.counts, 'high', 'medium', 'low')
for i = 1, 3 do
  counts[i] = math.max(0, tonumber(counts[i]) or 0)
end

-- Since when a task may have been ready, in us. When it was brought back or waited for another attempt stands nowhere any
-- more: then it counts from the end of its last attempt.
local function ready_since(head, id)
  local submitted = tonumber(string.sub(head, SUBMITTED + 1, TYPE), 16) or 0
  local opts = options(head)
  local delay, at = string.match(opts, ' d=(%d+)'), string.match(opts, ' r=(%d+)')
  local due = delay and submitted + tonumber(delay) * 1000 or at and tonumber(at) * 1000 or 0
  local tried = 0
  if string.sub(head, STARTS + 1, STARTS + 6) ~= '000000' then
    local last = lines_of(id, -1, -1)[1]
    tried = last and tonumber(string.match(last, '^%x+ %x+ %x+ (%x+) ') or '0', 16) or 0
  end
  return math.max(submitted, due, tried)
end

local now = now_us()
local function waited(priority)
  local since = oldest_front(priority, tonumber(ARGV[1]), ready_since)
  return since and math.max(0, math.floor((now - since) / 1000)) or -1
end
return {
  counts[1], counts[2], counts[3], redis.call('ZCARD', K.scheduled), redis.call('HLEN', K.running),
  redis.call('LLEN', K.done) + redis.call('ZCARD', K.retained), redis.call('ZCARD', K.dead), redis.call('ZCARD', K.expired),
  redis.call('ZCARD', K.cancelled), waited('high'), waited('medium'), waited('low'),
}
