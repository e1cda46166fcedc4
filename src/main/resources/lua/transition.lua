-- The moves of a task from one state to another: they alone touch its record, its index, the counts, its unique key, its callback
-- and the messages that wake the leader. Included after index.lua.
--
-- Scripts look first, then move. What a move may raise is raised by `check_moves` or `put` before the first write.
local ENDED = { d = 'dead', e = 'expired', x = 'cancelled' } -- the index by the state in a record

-- Raises the error of what a move would meet where something of another type stands under a key: before the first write.
local function check_moves()
  for _, index in ipairs({ K.scheduled, K.dead, K.expired, K.cancelled, K.retained, K.due }) do
    redis.call('ZCARD', index)
  end
  check_queues()
  for _, priority in ipairs(PRIORITIES) do
    length_of(ready(priority, 'callback'))
  end
  has_settings()
end

-- Writes down an attempt that ended badly, as record.lua has it. Where something of another type stands under the key of
-- attempts, the line is left out.
local function add_attempt(id, line)
  redis.pcall('RPUSH', K['attempts:'] .. id, line)
  redis.pcall('LTRIM', K['attempts:'] .. id, -MOST_ATTEMPTS, -1)
end

-- Gives up the key that a task without a window of its own held against others of its kind.
local function free_unique(id, opts)
  local key = string.match(opts, ' u=(%x+)')
  if key and whole(K['unique:'] .. key) == id then
    redis.call('DEL', K['unique:'] .. key)
  end
end

-- Lets a schedule that waits for the end of a run look again, where the task was one.
local function run_ended(opts, now)
  local schedule = string.match(opts, ' s=(%S+)')
  if schedule and redis.pcall('HGET', K['schedule:'] .. schedule, 'waits') == '1' then
    redis.call('ZADD', K.due, math.floor(now / 1000), schedule)
    publish(K.maintenance, '1')
  end
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
    .. ',"queue":"' .. queue_of(head)
    .. '","priority":"' .. (WORDS[string.sub(head, PRIORITY + 1, PRIORITY + 1)] or '')
    .. '","attempt":' .. number(STARTS + 1, STARTS + 6)
    .. ',"submittedUs":' .. number(SUBMITTED + 1, SUBMITTED + 13)
    .. ',"state":"' .. (ENDS[string.sub(head, 1, 1)] or '')
    .. '","finishedUs":' .. number(FINISHED + 1, FINISHED + 13)
    .. (error and ',"error":' .. cjson.encode(error) or '')
    .. (result and result ~= '' and ',"result":' .. result or '') .. '}'
end

-- Keeps the call that a submission asked for upon its task's end (`how`: s for success, f for failure) as a task of its own, in
-- the queue `callback`: it is claimed, retried and buried like any other. It holds all that it reports, so each of its attempts
-- reports the same, whatever becomes of the task meanwhile. To be
-- called once the record says that the task has ended, at `now`. Its id is added to `calls`, to be pushed.
local function call_back(id, how, opts, now, result, calls)
  local url, when = string.match(opts, ' c=(%S+)'), string.match(opts, ' o=(%a)')
  if not url or (when and when ~= 'b' and when ~= how) then
    return
  end
  local head = string.match(part(K['task:'] .. id, 0, LONGEST_HEAD - 1), '^[^\n]*')
  local letter = string.sub(head, PRIORITY + 1, PRIORITY + 1)
  local trace = string.match(opts, ' p=%S+') or ''
  local child = callback_id(id, now)
  redis.call('SET', K['task:'] .. child, 'w' .. string.rep('0', PRIORITY - 1) .. letter .. hex(13, now)
    .. 'callback q=callback' .. trace .. '\n' .. facts_of(id, url, head, result))
  put(calls, WORDS[letter] or 'low', 'callback', child)
end

-- Takes tasks out of `running`, and gives their places in their queues back. `queues` holds the queue of each.
local function leave_running(ids, queues)
  redis.call('HDEL', K.running, unpack(ids)) -- frees
  redis.pcall('HDEL', K.cancelling, unpack(ids))
  local left, open = {}, false
  for _, queue in ipairs(queues) do
    left[queue] = (left[queue] or 0) + 1
  end
  for queue, times in pairs(left) do
    add_to(K.occupied, queue, -times)
    open = has_settings() and reopen(queue) or open
  end
  if open then
    wake()
  end
end

-- Ends a task badly, from wherever its script has taken it: `head` replaces all of its record before the charged attempts and
-- begins with its state, d, e or x; `charged` and `error` are nil to keep what there is. Returns whether it did: not where the
-- record is gone (removed by hand).
local function to_ended(id, head, charged, error, now, calls)
  local record = whole(K['task:'] .. id)
  local line = record and string.find(record, '\n', TYPE + 1, true)
  if not line then
    return false
  end
  local state, type_end, opts = string.sub(head, 1, 1), string.find(record, '[\t\n]', TYPE + 1), options(record)
  redis.call('SET', K['task:'] .. id, head .. (charged or string.sub(record, CHARGED + 1, PRIORITY))
    .. string.sub(record, PRIORITY + 1, type_end - 1) .. (error and '\t' .. error or '') .. string.sub(record, line))
  redis.call('ZADD', K[ENDED[state]], math.floor(now / 1000), id)
  free_unique(id, opts)
  run_ended(opts, now)
  if state ~= 'x' then
    call_back(id, 'f', opts, now, nil, calls)
  end
  return true
end

-- Ends tasks that completed with nothing more to look after: `some` holds of each its id and the head of its record.
local function to_completed_plainly(some)
  local completed, keys = {}, {}
  for i, one in ipairs(some) do
    keys[i] = K['task:'] .. one[1]
  end
  local all = #keys > 0 and redis.call('EXISTS', unpack(keys)) == #keys -- each call costs, most of all in a Cluster
  for i, one in ipairs(some) do
    local key = keys[i]
    if (all or redis.call('EXISTS', key) == 1) -- else the record was removed by hand, and the task with it
      and type(redis.pcall('SETRANGE', key, 0, 'c' .. one[2])) == 'number' then -- or it is no record
      completed[#completed + 1] = one[1]
    end
  end
  if #completed > 0 then
    redis.pcall('LPUSH', K.done, unpack(completed)) -- where another type stands there, repairs file them
  end
end

-- Ends a task that completed, with its options and its result ('' for none).
local function to_completed(id, head, opts, result, now, calls)
  if part(K['task:'] .. id, 0, 0) == '' then
    return
  end
  redis.call('SETRANGE', K['task:'] .. id, 0, 'c' .. head)
  local keep = string.match(opts, ' k=(%d+)')
  if keep then
    redis.call('ZADD', K.retained, math.floor(now / 1000) + tonumber(keep), id)
  else
    redis.pcall('LPUSH', K.done, id)
  end
  if result ~= '' then
    redis.pcall('RPUSH', K['attempts:'] .. id, '=' .. result)
  end
  free_unique(id, opts)
  run_ended(opts, now)
  call_back(id, 's', opts, now, result, calls)
end

-- Lets a task that was running wait again: its record gets the start that is over, the epoch of its leader, and `charged` in hex,
-- nil to charge nothing; `line` is the attempt to write down, nil for none.
local function to_waiting(id, start, epoch, charged, line)
  redis.call('SETRANGE', K['task:'] .. id, STARTS, start .. epoch .. (charged or ''))
  if line then
    add_attempt(id, line)
  end
end

-- Cancels a task that waits. One that is ready keeps its place in its list until a claim drops it: to take it out of the middle
-- would cost too much.
local function to_cancelled(id, record, scheduled, now)
  local key = K['task:'] .. id
  if scheduled then
    redis.call('ZREM', K.scheduled, id)
  else
    local priority = WORDS[string.sub(record, PRIORITY + 1, PRIORITY + 1)]
    add_to(K.stale, priority .. ':' .. queue_of(record), 1)
    add_to(K.counts, priority, -1)
  end
  redis.call('SETRANGE', key, 0, 'x')
  redis.call('SETRANGE', key, FINISHED, hex(13, now))
  redis.call('ZADD', K.cancelled, math.floor(now / 1000), id)
  free_unique(id, options(record))
  run_ended(options(record), now)
end

-- Lets a task that has ended badly wait once more, with none of its attempts charged. Its id is still to be pushed.
local function to_ready_again(id, record)
  local opts = options(record)
  local key = string.match(opts, ' u=(%x+)')
  if key then
    redis.call('SET', K['unique:'] .. key, id)
  end
  redis.call('ZREM', string.sub(record, 1, 1) == 'd' and K.dead or K.expired, id)
  local type_end, line = string.find(record, '[ \t\n]', TYPE + 1) - 1, string.find(record, '\n', TYPE + 1, true)
  redis.call('SET', K['task:'] .. id, 'w' .. string.rep('0', 26) .. string.sub(record, STARTS + 1, CHARGED) .. '0000'
    .. string.sub(record, PRIORITY + 1, type_end) .. string.gsub(opts, ' x=%d+', '')
    .. string.sub(record, line))
end
