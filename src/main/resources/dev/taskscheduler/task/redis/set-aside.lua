-- set-aside.lua  Moves what cannot be read out of the way, so that the rest goes on. By any node: only what is there decides.
-- include: record, index, transition
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] entries of `damaged` at the most: an older one goes, and its key with it
-- ARGV[2..] what more to look at, two words each: 'task' and an id, set aside where its record cannot be read; 'unreadable' and
-- the id of one that this node cannot read, set aside in any case; 'key' and a key, set aside where it is of another type than
-- its name says
-- Looks at the types of all keys that are known by name and of the first 500 ready lists of each priority, at all of `running`
-- and `paused`, and at the records of the 500 tasks that are next of each priority and in `scheduled`. A key keeps what it holds
-- under a new name. The lease is never touched. A task whose value in `running` cannot be read goes to the front of its queue.
-- Returns what was set aside, a line each, 100 at the most.
local damaged, prefix, aside = K.damaged, K['task:'], K['damaged:']
local TYPED = {
  list = { 'done' },
  zset = {
    'due', 'schedules',
    'scheduled', 'retained', 'dead', 'expired', 'cancelled', 'leaders', 'closed', 'queues:high', 'queues:medium', 'queues:low',
    'turns:high', 'turns:medium', 'turns:low',
  },
  hash = { 'running', 'cancelling', 'paused', 'stale', 'counts', 'occupied', 'settings', 'patterns' },
}
-- Types by the first word of a key's name; all others are strings.
local LIKE = { attempts = 'list', ready = 'list', fires = 'list', schedule = 'hash', group = 'zset' }
local NEXT, MOST_RUNNING, SAMPLE = 500, 20000, 512
local now = string.format('%.0f', math.floor(now_us() / 1000))
local moved = {}

local function type_of(key)
  return redis.call('TYPE', key).ok
end

-- The beginning of some bytes, in printable characters.
local function sample(value)
  return (string.gsub(string.sub(value, 1, SAMPLE), '[^ -~]', function(c)
    return string.format('\\x%02x', string.byte(c))
  end))
end

local function drop_oldest()
  while redis.call('LLEN', damaged) > tonumber(ARGV[1]) do
    local key = string.match(redis.call('RPOP', damaged), '"key":"([^"\\]+)"')
    if key and string.sub(key, 1, #aside) == aside then
      redis.call('UNLINK', key)
    end
  end
end

local function note(what, reason, value, key)
  begin_writing(K.stale)
  redis.call('LPUSH', damaged, cjson.encode({
    at = tonumber(now), what = sample(what), reason = reason, value = sample(value), key = key and sample(key),
  }))
  drop_oldest()
  if #moved < 100 then
    moved[#moved + 1] = sample(what) .. ': ' .. reason
  end
end

local function move(key, reason)
  local value = part(key, 0, SAMPLE - 1)
  local name = string.sub(key, #NS + 1)
  redis.call('RENAME', key, aside .. name)
  note(name, reason, value, aside .. name)
end

-- Whether a key is of another type than it should be; it is moved then.
local function is_other(key, wanted)
  local found = type_of(key)
  if found == 'none' or found == wanted then
    return false
  end
  move(key, 'it is of type ' .. found .. ', not ' .. wanted)
  return true
end

-- Whether a task's record cannot be read; it is moved then.
local function is_damaged(id, anyway)
  local key = prefix .. id
  local found = type_of(key)
  local head = part(key, 0, LONGEST_HEAD - 1)
  local sound = found == 'string' and readable(head) and not is_too_long(key)
  if found == 'none' or (sound and not anyway) then
    return false
  end
  redis.call('HDEL', K.running, id)
  redis.call('ZREM', K.scheduled, id)
  move(key, found == 'string' and 'its record cannot be read' or 'its record is of type ' .. found)
  return true
end

if type_of(damaged) ~= 'list' and type_of(damaged) ~= 'none' then
  redis.call('RENAME', damaged, aside .. 'damaged')
end
for wanted, names in pairs(TYPED) do
  for _, name in ipairs(names) do
    is_other(K[name], wanted)
  end
end

for _, priority in ipairs(PRIORITIES) do
  for _, queue in ipairs(redis.call('ZRANGE', K['queues:' .. priority], 0, NEXT - 1)) do
    if not is_queue(queue) then
      redis.call('ZREM', K['queues:' .. priority], queue)
      note('queues:' .. priority .. ' ' .. queue, 'it names no queue', '')
    elseif is_other(ready(priority, queue), 'list') then
      redis.call('ZREM', K['queues:' .. priority], queue)
      redis.call('ZREM', K['turns:' .. priority], queue)
    end
  end
end

local paused, pausable = redis.call('HGETALL', K.paused), 0
for i = 1, #paused, 2 do
  local what, since = paused[i], paused[i + 1]
  pausable = pausable + (is_pausable(what) and 1 or 0)
  if not is_pausable(what) or pausable > MOST_PAUSES then
    redis.call('HDEL', K.paused, what)
    note('paused ' .. what, is_pausable(what) and 'too many are paused' or 'it names nothing that can be paused', since)
  elseif not string.find(since, '^%d+$') or #since > LONGEST_PAUSE then -- it stays paused, only the time is lost
    begin_writing(K.stale)
    redis.call('HSET', K.paused, what, now)
    note('paused ' .. what, 'its time cannot be read', since)
  end
end

local front = batch()
local cursor, seen = '0', 0
repeat
  local page = redis.call('HSCAN', K.running, cursor, 'COUNT', 500)
  cursor = page[1]
  for i = 1, #page[2], 2 do
    local id, value = page[2][i], page[2][i + 1]
    seen = seen + 1
    if #id > LONGEST_ID or not running_of(value) then
      redis.call('HDEL', K.running, id)
      note('running ' .. id, #id > LONGEST_ID and 'it is no id' or 'its value cannot be read', value)
      local head = part(prefix .. id, 0, LONGEST_HEAD - 1)
      local waits = #id <= LONGEST_ID and readable(head) and string.sub(head, 1, 1) == 'w'
      if waits and not redis.call('ZSCORE', K.scheduled, id) then
        local priority, queue = WORDS[string.sub(head, PRIORITY + 1, PRIORITY + 1)], queue_of(head)
        is_other(ready(priority, queue), 'list')
        put(front, priority, queue, id)
      end
    end
  end
until cursor == '0' or seen >= MOST_RUNNING

push(front, 'RPUSH')

for _, priority in ipairs(PRIORITIES) do
  local left = NEXT
  for _, queue in ipairs(redis.call('ZRANGE', K['turns:' .. priority], 0, 63)) do
    for _, id in ipairs(left > 0 and is_queue(queue) and redis.call('LRANGE', ready(priority, queue), -left, -1) or {}) do
      left = left - 1
      if is_damaged(id) then -- its id stays where it is until a claim drops it
        add_to(K.stale, priority .. ':' .. queue, 1)
        add_to(K.counts, priority, -1)
      end
    end
  end
end
for _, id in ipairs(redis.call('ZRANGE', K.scheduled, 0, NEXT - 1)) do
  is_damaged(id)
end
for i = 2, #ARGV, 2 do
  local kind, what = ARGV[i], ARGV[i + 1]
  if kind == 'key' then
    local kind_of_key = string.match(string.sub(what, #NS + 1), '^[^:]+') or ''
    is_other(what, LIKE[kind_of_key] or 'string')
  else
    is_damaged(what, kind == 'unreadable')
  end
end

drop_oldest()
if #moved > 0 then -- tasks may stand in no index now: the leader looks soon
  publish(K.damaged, '1')
end
return moved
