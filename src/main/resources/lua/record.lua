-- The record of a task, and the names of all keys. Included by the scripts of this room.
--
-- A record is one string: a header of fixed width, so that a state change writes some bytes in place and never moves the payload,
-- then the type, the options, a line feed and the payload.
--
--   offset  0  1  state: w waits or runs (its index shows which), c completed, d dead, e expired, x cancelled
--           1 13  last start, us since 1970 in hex; zeros until the task has ended
--          14 13  end, us, hex; zeros until then
--          27  6  starts so far, hex; the start under way is counted in running, not here
--          33 12  epoch of the last start that is over, hex
--          45  4  attempts charged against the limit, hex
--          49  1  priority: h, m, l
--          50 13  submission, us, hex
--          63     type, options each after a space (its queue first, ' q=<queue>', unless that is `default`), for a dead task a
--                 tab and its error; a line feed; the payload
--
-- A value of `running` is '<epoch>:<nonce> <start number, 6 hex> <start time, us, 13 hex>', then ' <queue>' unless that is
-- `default`.
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
local PRIORITIES = { 'high', 'medium', 'low' } -- the highest first
local WORDS = { h = 'high', m = 'medium', l = 'low' } -- by the letter in a record
local LETTERS = { high = 'h', medium = 'm', low = 'l' }
local STATES = { waiting = 'w', completed = 'c', dead = 'd', expired = 'e', cancelled = 'x' }
local ENDS = { c = 'completed', d = 'dead', e = 'expired' } -- those that a callback may report
local FINISHED, STARTS, CHARGED, PRIORITY, SUBMITTED, TYPE = 14, 27, 45, 49, 50, 63 -- offsets from 0
local LONGEST_HEAD = 6800 -- bytes that hold all of a record but the payload
local QUEUE_END = 263 -- bytes that hold the type and the queue
local MOST_ATTEMPTS = 20
-- Bounds on what goes to a node, which has less memory than Redis: somebody may have written anything of any length.
local LONGEST_ID = 128 -- bytes of an id, a queue, a field, a member of a set: more than any of ours has
local LONGEST_VALUE = 320 -- of a value in `running`
local LONGEST_RECORD = 8388608 -- a body has 3 MiB at the most
local LONGEST_LINE, LONGEST_RESULT = 6200, 2097152 -- of attempts: errors of 1,000 characters, results of 1 MiB

-- An id, or the first bytes of what is too long for one.
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
  local line_end = string.find(record, '[\t\n]', stop)
  return line_end and string.sub(record, stop, line_end - 1) or '' -- somebody may have damaged it
end

-- Whether a text is the name of a queue.
local function is_queue(text)
  return #text <= LONGEST_ID and string.find(text, '^[%w._:-]+$')
end

-- The queue in a record, a head that holds it, or (`from` 1) in what follows a record's header.
local function queue_of(record, from)
  return string.match(record, '^[^ \t\n]+ q=([%w._:-]+)', from or TYPE + 1) or 'default'
end

-- The priority and the queue of a task; nil where its record is gone, and the task with it.
local function place_of(id)
  local head = part(K['task:'] .. id, PRIORITY, QUEUE_END)
  local priority = WORDS[string.sub(head, 1, 1)]
  return priority, priority and queue_of(head, TYPE - PRIORITY + 1)
end

local RUNNING = '^(%d+:%x+) (%x%x%x%x%x%x) (' .. string.rep('%x', 13) .. ')(.*)$'

-- What a value of `running` says: token, start number, start time and queue; nil where it cannot be read.
local function running_of(value)
  if #value > LONGEST_VALUE then
    return nil
  end
  local token, start, began, rest = string.match(value, RUNNING)
  if not token or (rest ~= '' and not (string.sub(rest, 1, 1) == ' ' and is_queue(string.sub(rest, 2)))) then
    return nil
  end
  return token, start, began, rest == '' and 'default' or string.sub(rest, 2)
end

-- Whether a value of `running` is, under this token, the start after those that a record's header counts.
local function next_start(token, value, header)
  local starts = tonumber(string.sub(header, STARTS + 1, STARTS + 6), 16)
  return starts and string.sub(value, 1, #token + 7) == token .. ' ' .. hex(6, starts + 1)
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

-- The last line of the attempts of a task of which some were charged; '' where there is none.
local function last_line(id, head)
  return string.sub(head, CHARGED + 1, PRIORITY) ~= '0000' and lines_of(id, -1, -1)[1] or ''
end

-- The id of the callback of a task that ended at `now`: a new one of that time, with the random end of its task's id.
local function callback_id(id, now)
  local ms = hex(12, math.floor(now / 1000))
  return string.sub(ms, 1, 8) .. '-' .. string.sub(ms, 9, 12) .. '-7' .. hex(3, now % 1000) .. string.sub(id, -18)
end
