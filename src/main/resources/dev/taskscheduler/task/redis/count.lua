-- count.lua  Counts what stands where, and tells for how long the task at the front of each priority has been ready.
-- KEYS[1] list {ns}:ready:high  KEYS[2] medium  KEYS[3] low  KEYS[4] zset {ns}:scheduled  KEYS[5] hash {ns}:running
-- KEYS[6] list {ns}:done        KEYS[7] zset {ns}:retained   KEYS[8] zset {ns}:dead   KEYS[9] zset {ns}:expired
-- KEYS[10] zset {ns}:cancelled  KEYS[11] set {ns}:parked   KEYS[12] hash {ns}:stale
-- ARGV[1] key prefix of what is parked   ARGV[2] of tasks   ARGV[3] of attempts   ARGV[4] bytes of a record that hold all but
-- the payload
-- Returns how many are ready by priority (what is parked among them, what is stale not), scheduled, running, completed, dead,
-- expired and cancelled; then of high, medium and low for how long the one at the front of the ready list has been ready, in
-- ms: since it was submitted, was due, or was last tried, whichever was last; -1 if none of the first 100 waits.
local ready = { h = redis.call('LLEN', KEYS[1]), m = redis.call('LLEN', KEYS[2]), l = redis.call('LLEN', KEYS[3]) }
for _, what in ipairs(redis.call('SMEMBERS', KEYS[11])) do
  local letter = string.sub(what, 1, 1)
  ready[letter] = (ready[letter] or 0) + redis.call('LLEN', ARGV[1] .. what)
end
local stale = redis.call('HGETALL', KEYS[12])
for i = 1, #stale, 2 do
  ready[stale[i]] = math.max(0, (ready[stale[i]] or 0) - (tonumber(stale[i + 1]) or 0))
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
    local last = lines_of(ARGV[3], id, -1, -1)[1]
    tried = last and tonumber(string.match(last, '^%x+ %x+ %x+ (%x+) ') or '0', 16) or 0
  end
  return math.max(submitted, due, tried)
end

local now = now_us()
local function waited(list)
  local head, id = front_of(list, ARGV[2], tonumber(ARGV[4]))
  return head and math.max(0, math.floor((now - ready_since(head, id)) / 1000)) or -1
end
return {
  ready.h, ready.m, ready.l, redis.call('ZCARD', KEYS[4]), redis.call('HLEN', KEYS[5]),
  redis.call('LLEN', KEYS[6]) + redis.call('ZCARD', KEYS[7]), redis.call('ZCARD', KEYS[8]), redis.call('ZCARD', KEYS[9]),
  redis.call('ZCARD', KEYS[10]), waited(KEYS[1]), waited(KEYS[2]), waited(KEYS[3]),
}
