-- count.lua  Counts what stands where, and shows for how long the task at the front of each priority has been ready.
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] bytes of a record that hold all but the payload
-- Returns how many are ready by priority (what is parked among them, what is stale not), scheduled, running, completed, dead,
-- expired and cancelled; then of high, medium and low for how long the one at the front of the ready list has been ready, in
-- ms: since it was submitted, was due, or was last tried, whichever was last; -1 if none of the first 100 waits.
local counts = {}
for letter, i in pairs(LIST) do
  counts[letter] = redis.call('LLEN', ready(i))
end
for _, what in ipairs(redis.call('SMEMBERS', K.parked)) do
  local letter = string.sub(what, 1, 1)
  counts[letter] = (counts[letter] or 0) + redis.call('LLEN', K['parked:'] .. what)
end
local stale = redis.call('HGETALL', K.stale)
for i = 1, #stale, 2 do
  counts[stale[i]] = math.max(0, (counts[stale[i]] or 0) - (tonumber(stale[i + 1]) or 0))
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
local function waited(i)
  local head, id = front_of(ready(i), tonumber(ARGV[1]))
  return head and math.max(0, math.floor((now - ready_since(head, id)) / 1000)) or -1
end
return {
  counts.h, counts.m, counts.l, redis.call('ZCARD', K.scheduled), redis.call('HLEN', K.running),
  redis.call('LLEN', K.done) + redis.call('ZCARD', K.retained), redis.call('ZCARD', K.dead), redis.call('ZCARD', K.expired),
  redis.call('ZCARD', K.cancelled), waited(1), waited(2), waited(3),
}
