-- Shared by all scripts of this room. A task's record is one string: a header of fixed width, so that a state change
-- writes some bytes in place and never moves the payload, then the type, a line feed and the payload.
--
--   offset  0  1  state: w waits or runs (its index tells which), c completed, d dead
--           1 13  last start, us since 1970 in hex; zeros until the task has ended
--          14 13  end, us, hex; zeros until then
--          27  6  starts so far, hex; the start under way is counted in running, not here
--          33  4  starts charged against the limit, hex
--          37  1  priority: h, m, l
--          38 13  submission, us, hex
--          51     type, options each after a space, for a dead task a tab and its error; a line feed; the payload
--
-- A value of `running` is '<epoch>:<nonce> <start number, 6 hex> <start time, us, 13 hex>'.
local LIST = { h = 1, m = 2, l = 3 }

local function fenced(fence, token)
  local f = redis.call('HMGET', fence, 'epoch', 'nonce', 'released')
  return not f[1] or not f[2] or f[3] or f[1] .. ':' .. f[2] ~= token
end

-- A first write that needs no memory: once a script has written, Redis lets it finish, also when it is full.
local function begin_writing(fence)
  redis.call('HDEL', fence, '-')
end

local function now_us()
  local t = redis.call('TIME')
  return tonumber(t[1]) * 1000000 + tonumber(t[2])
end

local function hex(width, number)
  return string.format('%0' .. width .. 'x', number)
end

-- Puts ids into the ready lists by the priority in their records; `push` is LPUSH (back) or RPUSH (front).
local function make_ready(push, lists, prefix, ids)
  local by_list = { {}, {}, {} }
  for _, id in ipairs(ids) do
    local list = LIST[redis.call('GETRANGE', prefix .. id, 37, 37)]
    if list then -- else the record is gone, and the task with it
      table.insert(by_list[list], id)
    end
  end
  for i, some in ipairs(by_list) do
    if #some > 0 then
      redis.call(push, lists[i], unpack(some))
    end
  end
end

-- Wakes the leader if its last claim got less than it asked for.
local function wake(fence, channel)
  if redis.call('HDEL', fence, 'waiting') == 1 then
    redis.call('PUBLISH', channel, '1')
  end
end

-- The due time in ms that a submission asks for; nil if it is over.
local function due_ms(how, now)
  local delay, at = string.match(how, ' d=(%d+)'), string.match(how, ' r=(%d+)')
  local due = delay and math.ceil(now / 1000) + tonumber(delay) or tonumber(at)
  return due and due * 1000 > now and due or nil
end

-- Lets tasks wait for their time: `later` is due time in ms, id and so on. Whoever comes before all others is told to the
-- leader's caretaker, which sleeps until the first is due.
local function schedule(index, channel, later)
  local first = redis.call('ZRANGE', index, 0, 0, 'WITHSCORES')[2]
  redis.call('ZADD', index, unpack(later))
  if not first or tonumber(redis.call('ZRANGE', index, 0, 0, 'WITHSCORES')[2]) < tonumber(first) then
    redis.call('PUBLISH', channel, '1')
  end
end

-- Rewrites a record as dead: `head` replaces all before byte `from` (1-based), `error` follows the type.
local function bury(index, prefix, id, head, from, error, now)
  local record = redis.call('GET', prefix .. id)
  local line = record and string.find(record, '\n', 52, true)
  if line then -- else the record was removed by hand
    local type_end = string.find(record, '[\t\n]', 52)
    redis.call('SET', prefix .. id, head .. string.sub(record, from, type_end - 1) .. '\t' .. error .. string.sub(record, line))
    redis.call('ZADD', index, math.floor(now / 1000), id)
  end
end
