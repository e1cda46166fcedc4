-- set-aside.lua  Moves what cannot be read out of the way, so that the rest goes on. By any node: only what is there decides.
-- KEYS[1] list  {ns}:damaged     what was set aside, newest first, each a JSON object
-- KEYS[2] list  {ns}:ready:high  ids, oldest at the right; KEYS[3] medium, KEYS[4] low
-- KEYS[5] zset  {ns}:scheduled   KEYS[6] hash {ns}:running   id -> token, start number, start time
-- KEYS[7] list  {ns}:done        KEYS[8] zset {ns}:retained      KEYS[9] zset {ns}:dead     KEYS[10] zset {ns}:expired
-- KEYS[11] zset {ns}:cancelled   KEYS[12] hash {ns}:cancelling
-- KEYS[13] hash {ns}:paused      'all', 'priority:<name>', 'type:<name>' -> since, ms
-- KEYS[14] set  {ns}:parked      '<h|m|l>:<type>'   KEYS[15] hash {ns}:stale   h, m, l -> how many   KEYS[16] zset {ns}:leaders
-- ARGV[1] key prefix of tasks   ARGV[2] of attempts   ARGV[3] of what is parked   ARGV[4] of all keys
-- ARGV[5] of what was set aside   ARGV[6] entries of KEYS[1] at the most: an older one goes, and its key with it
-- ARGV[7] the channel that tells the leader
-- ARGV[8..] what more to look at: 't<id>' a task, set aside where its record cannot be read; 'f<id>' one that this node cannot
-- read, set aside in any case; 'k<key>' a key, set aside where it is of another type than its name says; '-' nothing
-- Looks at the types of KEYS[2] and all that follow, at all of `running`, `paused`, `parked` and `stale`, and at the records
-- of the 500 tasks that are next in each ready list and in `scheduled`. A key keeps what it holds under a new name. The lease is
-- never touched. A task whose value in `running` cannot be read goes to the front of its queue.
-- Returns what was set aside, a line each, 100 at the most.
local damaged, prefix, aside = KEYS[1], ARGV[1], ARGV[5]
local TYPES = {
  'list', 'list', 'list', 'list', 'zset', 'hash', 'list', 'zset', 'zset', 'zset', 'zset', 'hash', 'hash', 'set', 'hash', 'zset',
}
local NEXT, MOST_RUNNING, SAMPLE = 500, 20000, 512
local RUNNING = '^%d+:%x+ ' .. string.rep('%x', 6) .. ' ' .. string.rep('%x', 13) .. '$'
local now = string.format('%.0f', math.floor(now_us() / 1000))
local told = {}

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
  while redis.call('LLEN', damaged) > tonumber(ARGV[6]) do
    local key = string.match(redis.call('RPOP', damaged), '"key":"([^"\\]+)"')
    if key and string.sub(key, 1, #aside) == aside then
      redis.call('UNLINK', key)
    end
  end
end

local function note(what, reason, value, key)
  begin_writing(KEYS[15])
  redis.call('LPUSH', damaged, cjson.encode({
    at = tonumber(now), what = sample(what), reason = reason, value = sample(value), key = key and sample(key),
  }))
  drop_oldest()
  if #told < 100 then
    told[#told + 1] = sample(what) .. ': ' .. reason
  end
end

local function move(key, reason)
  local value = part(key, 0, SAMPLE - 1)
  local name = string.sub(key, #ARGV[4] + 1)
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
  redis.call('HDEL', KEYS[6], id)
  redis.call('ZREM', KEYS[5], id)
  move(key, found == 'string' and 'its record cannot be read' or 'its record is of type ' .. found)
  return true
end

if type_of(damaged) ~= 'list' and type_of(damaged) ~= 'none' then
  redis.call('RENAME', damaged, aside .. 'damaged')
end
for i = 2, #KEYS do
  is_other(KEYS[i], TYPES[i])
end

for _, what in ipairs(redis.call('SMEMBERS', KEYS[14])) do
  if not string.find(what, '^[hml]:.') or #what > LONGEST_ID then
    redis.call('SREM', KEYS[14], what)
    note('parked ' .. what, 'it names no list', '')
  elseif is_other(ARGV[3] .. what, 'list') then
    redis.call('SREM', KEYS[14], what)
  end
end

local stale = redis.call('HGETALL', KEYS[15])
for i = 1, #stale, 2 do
  if not LIST[stale[i]] or not string.find(stale[i + 1], '^%d+$') or #stale[i + 1] > 15 then
    redis.call('HDEL', KEYS[15], stale[i])
    note('stale ' .. stale[i], 'it is no count', stale[i + 1])
  end
end

local paused, types = redis.call('HGETALL', KEYS[13]), 0
for i = 1, #paused, 2 do
  local what, since = paused[i], paused[i + 1]
  local counts = not PAUSABLE[what] and is_type(what)
  types = types + (counts and 1 or 0)
  if not PAUSABLE[what] and (not counts or types > MOST_PAUSES) then
    redis.call('HDEL', KEYS[13], what)
    note('paused ' .. what, counts and 'too many are paused' or 'it names nothing that can be paused', since)
  elseif not string.find(since, '^%d+$') or #since > 15 then -- it stays paused, only the time is lost
    begin_writing(KEYS[15])
    redis.call('HSET', KEYS[13], what, now)
    note('paused ' .. what, 'its time cannot be read', since)
  end
end

local cursor, seen = '0', 0
repeat
  local page = redis.call('HSCAN', KEYS[6], cursor, 'COUNT', 500)
  cursor = page[1]
  for i = 1, #page[2], 2 do
    local id, value = page[2][i], page[2][i + 1]
    seen = seen + 1
    if #id > LONGEST_ID or #value > LONGEST_ID or not string.find(value, RUNNING) then
      redis.call('HDEL', KEYS[6], id)
      note('running ' .. id, #id > LONGEST_ID and 'it is no id' or 'its value cannot be read', value)
      local head = part(prefix .. id, 0, LONGEST_HEAD - 1)
      local waits = #id <= LONGEST_ID and readable(head) and string.sub(head, 1, 1) == 'w'
      if waits and not redis.call('ZSCORE', KEYS[5], id) then
        redis.call('RPUSH', KEYS[1 + LIST[string.sub(head, PRIORITY + 1, PRIORITY + 1)]], id)
      end
    end
  end
until cursor == '0' or seen >= MOST_RUNNING

for letter, list in pairs(LIST) do
  for _, id in ipairs(redis.call('LRANGE', KEYS[1 + list], -NEXT, -1)) do
    if is_damaged(id) then -- its id stays where it is until a claim drops it
      redis.call('HINCRBY', KEYS[15], letter, 1)
    end
  end
end
for _, id in ipairs(redis.call('ZRANGE', KEYS[5], 0, NEXT - 1)) do
  is_damaged(id)
end
for i = 8, #ARGV do
  local mark, what = string.sub(ARGV[i], 1, 1), string.sub(ARGV[i], 2)
  if mark == 'k' then
    local attempts = string.sub(what, 1, #ARGV[2]) == ARGV[2] or string.sub(what, 1, #ARGV[3]) == ARGV[3]
    is_other(what, attempts and 'list' or 'string')
  elseif mark ~= '-' then
    is_damaged(what, mark == 'f')
  end
end

drop_oldest()
if #told > 0 then -- tasks may stand in no index now: the leader looks soon
  tell(ARGV[7], '1')
end
return told
