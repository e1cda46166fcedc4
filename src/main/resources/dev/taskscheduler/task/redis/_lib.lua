-- Shared by all scripts of this room. A task's record is one string: a header of fixed width, so that a state change
-- writes some bytes in place and never moves the payload, then the type, the options, a line feed and the payload.
--
--   offset  0  1  state: w waits or runs (its index shows which), c completed, d dead, e expired, x cancelled
--           1 13  last start, us since 1970 in hex; zeros until the task has ended
--          14 13  end, us, hex; zeros until then
--          27  6  starts so far, hex; the start under way is counted in running, not here
--          33 12  epoch of the last start that is over, hex
--          45  4  attempts charged against the limit, hex
--          49  1  priority: h, m, l
--          50 13  submission, us, hex
--          63     type, options each after a space, for a dead task a tab and its error; a line feed; the payload
--
-- A value of `running` is '<epoch>:<nonce> <start number, 6 hex> <start time, us, 13 hex>'.
-- Beside a record stand its attempts, a list at {ns}:attempts:<id>, if there is more to tell: what ended badly, each
-- '<start number> <epoch, 12 hex> <start, us> <end, us> <how: f failed, t out of time, l leader lost, r recalled> <error>',
-- the newest 20, and last '=<result>'.
--
-- All keys of a namespace share a prefix. KEYS[1] is {ns}:leader in every script, so that a Redis Cluster finds the slot, and the
-- names of all other keys are made from it.
local NS = string.sub(KEYS[1], 1, -#'leader' - 1)
-- Names of keys and channels by what follows the prefix: K.running, K['task:'] .. id.
local K = setmetatable({}, {
  __index = function(names, suffix)
    local name = NS .. suffix
    rawset(names, suffix, name)
    return name
  end,
})
local LIST = { h = 1, m = 2, l = 3 }
local READY = { 'ready:high', 'ready:medium', 'ready:low' }
local PRIORITIES = { h = 'high', m = 'medium', l = 'low' }
local ENDS = { c = 'completed', d = 'dead', e = 'expired' } -- those that a callback may report
local FINISHED, STARTS, CHARGED, PRIORITY, SUBMITTED, TYPE = 14, 27, 45, 49, 50, 63 -- offsets from 0
local LONGEST_HEAD = 6200 -- bytes that hold all of a record but the payload
local MOST_ATTEMPTS = 20
-- Bounds on what goes to a node, which has less memory than Redis: somebody may have written anything of any length.
local LONGEST_ID = 128 -- bytes of an id, a field, a value in `running`, a member of a set: more than any of ours has
local LONGEST_RECORD = 8388608 -- a body has 3 MiB at the most
local LONGEST_LINE, LONGEST_RESULT = 6200, 2097152 -- of attempts: errors of 1,000 characters, results of 1 MiB
local MOST_PAUSES = 200 -- types that may be paused at once
local PAUSABLE = { ['all'] = true, ['priority:high'] = true, ['priority:medium'] = true, ['priority:low'] = true }

-- The ready list of a priority: 1 high, 2 medium, 3 low.
local function ready(i)
  return K[READY[i]]
end

local function fenced(lease, token)
  local f = redis.call('HMGET', lease, 'epoch', 'nonce', 'released')
  return not f[1] or not f[2] or f[3] or f[1] .. ':' .. f[2] ~= token
end

-- A first write that needs no memory: once a script has written, Redis lets it finish, also when it is full. A lease that is no
-- hash keeps no user's call from its end.
local function begin_writing(lease)
  redis.pcall('HDEL', lease, '-')
end

-- Whether a field of `paused` names a type.
local function is_type(what)
  return #what <= 69 and string.find(what, '^type:[%w._-]+$')
end

-- An id or a value of `running`, or the first bytes of what is too long for one.
local function short(id)
  return string.sub(id, 1, LONGEST_ID)
end

-- Whether a record is longer than any of ours.
local function is_too_long(key)
  local beyond = redis.pcall('GETRANGE', key, LONGEST_RECORD, LONGEST_RECORD)
  return type(beyond) == 'string' and beyond ~= ''
end

-- A part of a string; '' where there is none, or where something of another type stands under its key.
local function part(key, from, to)
  local text = redis.pcall('GETRANGE', key, from, to)
  return type(text) == 'string' and text or ''
end

-- A whole string; nil where there is none, or something of another type.
local function whole(key)
  local text = redis.pcall('GET', key)
  return type(text) == 'string' and text or nil
end

-- Notes who leads, the newest 1,000.
local function record_leader(token)
  local epoch = string.match(token, '^%d+')
  redis.call('ZADD', K.leaders, epoch, short(epoch .. ' ' .. (redis.call('HGET', K.leader, 'node') or '')))
  redis.call('ZREMRANGEBYRANK', K.leaders, 0, -1001)
end

local function now_us()
  local t = redis.call('TIME')
  return tonumber(t[1]) * 1000000 + tonumber(t[2])
end

local function hex(width, number)
  return string.format('%0' .. width .. 'x', number)
end

-- The epoch in a fencing token, as records write it.
local function epoch_hex(token)
  return hex(12, tonumber(string.match(token, '^%d+')))
end

-- Whether these bytes begin a record and hold all of it but the payload.
local function readable(head)
  return string.find(head, '^[wcdex]' .. string.rep('%x', PRIORITY - 1) .. '[hml]' .. string.rep('%x', 13) .. '[%w._-]+[ \t\n]')
    and string.find(head, '\n', TYPE + 1, true)
end

-- What follows the type in a record's or a head's first line: options, each ' <letter>=<value>'; '' where there are none.
local function options(record)
  local stop = string.find(record, '[ \t\n]', TYPE + 1)
  if not stop or string.sub(record, stop, stop) ~= ' ' then
    return '' -- nearly always
  end
  return string.sub(record, stop, string.find(record, '[\t\n]', stop) - 1)
end

-- Puts ids into the ready lists by the priority in their records; `push` is LPUSH (back) or RPUSH (front).
local function make_ready(push, ids)
  local by_list = { {}, {}, {} }
  for _, id in ipairs(ids) do
    local list = LIST[part(K['task:'] .. id, PRIORITY, PRIORITY)]
    if list then -- else the record is gone, and the task with it
      table.insert(by_list[list], id)
    end
  end
  for i, some in ipairs(by_list) do
    if #some > 0 then
      redis.call(push, ready(i), unpack(some))
    end
  end
end

-- Tells who listens. Whoever does looks by itself too, so a message that may not be sent must not stop a script that has
-- written.
local function publish(channel, message)
  redis.pcall('PUBLISH', channel, message)
end

-- Wakes the leader if its last claim got less than it asked for.
local function wake()
  if redis.pcall('HDEL', K.leader, 'waiting') == 1 then
    publish(K.wake, '1')
  end
end

-- How many tasks have not ended. What is stale in the ready lists, or where it was parked, has ended.
local function pending()
  local count = redis.call('ZCARD', K.scheduled) + redis.call('HLEN', K.running)
  for i = 1, 3 do
    count = count + redis.call('LLEN', ready(i))
  end
  for _, what in ipairs(redis.call('SMEMBERS', K.parked)) do
    count = count + redis.call('LLEN', K['parked:'] .. what)
  end
  local ended = redis.call('HGETALL', K.stale)
  for i = 2, #ended, 2 do
    count = count - (tonumber(ended[i]) or 0)
  end
  return count
end

-- The due time in ms that a submission asks for; nil if it is over.
local function due_ms(how, now)
  local delay, at = string.match(how, ' d=(%d+)'), string.match(how, ' r=(%d+)')
  local due = delay and math.ceil(now / 1000) + tonumber(delay) or tonumber(at)
  return due and due * 1000 > now and due or nil
end

-- The first `bytes` of the record of the task at the front of a ready list, and its id; nil if none of the first 100 waits.
local function front_of(list, bytes)
  for _, look in ipairs({ 1, 100 }) do -- nearly always the very first
    local front = redis.call('LRANGE', list, -look, -1)
    for i = #front, 1, -1 do
      local head = part(K['task:'] .. front[i], 0, bytes - 1)
      if string.sub(head, 1, 1) == 'w' then -- else cancelled where it stands
        return head, front[i]
      end
    end
  end
  return nil
end

-- Lets tasks wait for their time: `later` is due time in ms, id and so on. One that is due before all others is published to the
-- leader's maintenance, which sleeps until the first is due.
local function schedule(later)
  local first = redis.call('ZRANGE', K.scheduled, 0, 0, 'WITHSCORES')[2]
  redis.call('ZADD', K.scheduled, unpack(later))
  if not first or tonumber(redis.call('ZRANGE', K.scheduled, 0, 0, 'WITHSCORES')[2]) < tonumber(first) then
    publish(K.maintenance, '1')
  end
end

-- Writes down an attempt that ended badly: `line` as the head of this file has it. Where something of another type stands under
-- the key of attempts, the line is left out.
local function add_attempt(id, line)
  redis.pcall('RPUSH', K['attempts:'] .. id, line)
  redis.pcall('LTRIM', K['attempts:'] .. id, -MOST_ATTEMPTS, -1)
end

-- Some lines of a list of attempts; none where something of another type stands under its key, and none that is longer than ours.
local function lines_of(id, from, to)
  local lines, sound = redis.pcall('LRANGE', K['attempts:'] .. id, from, to), {}
  for _, line in ipairs(lines.err and {} or lines) do
    if #line <= (string.sub(line, 1, 1) == '=' and LONGEST_RESULT or LONGEST_LINE) then
      sound[#sound + 1] = line
    end
  end
  return sound
end

-- Takes ids that were dropped off the count of those that were cancelled where they stood.
local function forget_stale(letter, dropped)
  if redis.call('HINCRBY', K.stale, letter, -dropped) <= 0 then
    redis.call('HDEL', K.stale, letter)
  end
end

-- Whether a value of `running` is, under this token, the start after those that a record's header counts.
local function next_start(token, value, header)
  local starts = tonumber(string.sub(header, STARTS + 1, STARTS + 6), 16)
  return starts and string.sub(value, 1, #token + 7) == token .. ' ' .. hex(6, starts + 1)
end

-- Gives up the key that a task without a window of its own held against others of its kind.
local function free_unique(id, opts)
  local key = string.match(opts, ' u=(%x+)')
  if key and whole(K['unique:'] .. key) == id then
    redis.call('DEL', K['unique:'] .. key)
  end
end

-- The id of the task that holds a unique key against `id`; nil if it is free: what has ended holds nothing, unless the key
-- has a window of its own.
local function unique_holder(hash, id)
  local key = K['unique:'] .. hash
  local holder = whole(key)
  if holder and holder ~= id and #holder <= LONGEST_ID
    and (part(K['task:'] .. holder, 0, 0) == 'w' or redis.call('PTTL', key) > 0) then
    return holder
  end
  return nil
end

-- What is paused and since when ('' where that is no time), in turns; without what names nothing that can be paused, and
-- without types beyond the most that may be.
local function pauses()
  local all, found, types = redis.call('HGETALL', K.paused), {}, 0
  for i = 1, #all, 2 do
    local what, since = all[i], all[i + 1]
    local counts = not PAUSABLE[what] and is_type(what)
    types = types + (counts and 1 or 0)
    if PAUSABLE[what] or counts and types <= MOST_PAUSES then
      found[#found + 1] = what
      found[#found + 1] = #since <= 15 and since or ''
    end
  end
  return found
end

-- What a callback reports of the task that ended, as it is now: from its record's first line and its result ('' or nil: none).
-- The result is a JSON value, and comes last.
local function facts_of(id, url, head, result)
  local type_end = string.find(head, '[ \t\n]', TYPE + 1) or #head + 1
  local error = string.match(head, '\t([^\n]*)', TYPE + 1)
  local function number(from, to)
    return string.format('%.0f', tonumber(string.sub(head, from, to), 16) or 0)
  end
  return '{"task":"' .. id .. '","url":"' .. url
    .. '","type":' .. cjson.encode(string.sub(head, TYPE + 1, type_end - 1))
    .. ',"priority":"' .. (PRIORITIES[string.sub(head, PRIORITY + 1, PRIORITY + 1)] or '')
    .. '","attempt":' .. number(STARTS + 1, STARTS + 6)
    .. ',"submittedUs":' .. number(SUBMITTED + 1, SUBMITTED + 13)
    .. ',"state":"' .. (ENDS[string.sub(head, 1, 1)] or '')
    .. '","finishedUs":' .. number(FINISHED + 1, FINISHED + 13)
    .. (error and ',"error":' .. cjson.encode(error) or '')
    .. (result and result ~= '' and ',"result":' .. result or '') .. '}'
end

-- Keeps the call that a submission asked for upon its task's end (`how`: s for success, f for failure) as a task of its own:
-- it is claimed, retried and buried like any other. It holds all that it reports, so each of its attempts reports the same,
-- whatever becomes of the task meanwhile. Its id is new: the time, and the random end of its task's id.
-- To be called once the record says that the task has ended. Returns true if there is one.
local function call_back(id, how, opts, now, result)
  local url, when = string.match(opts, ' c=(%S+)'), string.match(opts, ' o=(%a)')
  if not url or (when and when ~= 'b' and when ~= how) then
    return false
  end
  local head = string.match(part(K['task:'] .. id, 0, LONGEST_HEAD - 1), '^[^\n]*')
  local letter = string.sub(head, PRIORITY + 1, PRIORITY + 1)
  local trace = string.match(opts, ' p=%S+') or ''
  local ms = hex(12, math.floor(now / 1000))
  local child = string.sub(ms, 1, 8) .. '-' .. string.sub(ms, 9, 12) .. '-7' .. hex(3, now % 1000) .. string.sub(id, -18)
  redis.call('SET', K['task:'] .. child, 'w' .. string.rep('0', PRIORITY - 1) .. letter .. hex(13, now)
    .. 'callback' .. trace .. '\n' .. facts_of(id, url, head, result))
  redis.call('LPUSH', ready(LIST[letter] or 3), child)
  wake()
  return true
end

-- Rewrites a record as ended badly: `head` replaces all before the charged attempts; `charged` and `error` are nil to keep
-- what there is. Returns the options, or nil where the record is gone (removed by hand).
local function bury(index, id, head, charged, error, now)
  local record = whole(K['task:'] .. id)
  local line = record and string.find(record, '\n', TYPE + 1, true)
  if not line then
    return nil
  end
  local type_end = string.find(record, '[\t\n]', TYPE + 1)
  redis.call('SET', K['task:'] .. id, head .. (charged or string.sub(record, CHARGED + 1, PRIORITY))
    .. string.sub(record, PRIORITY + 1, type_end - 1) .. (error and '\t' .. error or '') .. string.sub(record, line))
  redis.call('ZADD', index, math.floor(now / 1000), id)
  return options(record)
end
