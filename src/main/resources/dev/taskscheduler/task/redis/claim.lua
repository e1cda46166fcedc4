-- claim.lua  Moves up to `limit` ready tasks to running, under the leader's token: by priority, by the turns of the queues, in a
-- queue the oldest first.
-- include: record, index, transition
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] fencing token
-- ARGV[2] sequence of this call, higher than any before
-- ARGV[3] limit, 1 to 500
-- ARGV[4] bytes of records at the most (one larger one comes alone)
-- ARGV[5] how many of the limit are for high priority
-- ARGV[6] for medium
-- ARGV[7] for low; what they leave goes by priority
-- ARGV[8] ms of waiting that lift a task by one priority; 0: none
-- ARGV[9] '1' for a leader that has not recovered yet: only where nothing runs, and it is recorded (record-leader.lua); else '0'
-- Returns nothing for a leader that has not recovered yet where tasks of an earlier one run; else
-- the time in us, then 1 if more may be ready than the bounds let it take and else 0, then how many had expired,
-- then for each claimed task its id, its record and the options that the settings of its queue give it ('' for none). Fewer than
-- `limit` with nothing more ready leave the mark `waiting`.
-- Errors: FENCED, also where claimSeq cannot be read; BARRED if a call with this sequence or a later one came before.
local limit, bytes_left, prefix, ageing = tonumber(ARGV[3]), tonumber(ARGV[4]), K['task:'], tonumber(ARGV[8]) * 1000
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the lease')
end
local f = redis.call('HMGET', KEYS[1], 'claimSeq', 'waiting')
local barred = tonumber(f[1] or '0')
if not barred then -- only another token makes it readable again
  return redis.error_reply('FENCED the lease is damaged: claimSeq is no number')
end
if tonumber(ARGV[2]) <= barred then
  return redis.error_reply('BARRED this claim comes too late')
end
local first = ARGV[9] == '1'
if first and redis.call('HLEN', K.running) > 0 then
  return {}
end

local now = now_us()
local now_ms = now / 1000
local started = hex(13, now)
local claimed = { string.format('%.0f', now), 0, 0 }
local running, seen, expired = {}, {}, {}
local claims, runs = #claimed, 0 -- their lengths, which Lua would count anew for each task
local queues, order = {}, {} -- what is known of each queue, whichever its priority; in the order of their first turns
local left, looks, more = limit, 500, false -- looks: ids to look at, at the most
local TURNS = 64 -- queues that are read together
local PARTS = 8 -- parts of a claim, of which a queue gets one at each turn
local paused = redis.call('HMGET', K.paused, 'all', 'priority:high', 'priority:medium', 'priority:low')
local lines = {} -- one for each priority: its turns
for i, priority in ipairs(PRIORITIES) do
  local open = not paused[1] and not paused[1 + i]
  lines[i] = { priority = priority, turns = {}, read = 0, more = open, last = nil, visited = {}, out = {} }
end

local function read_turns(line)
  local some = redis.call('ZRANGE', K['turns:' .. line.priority], line.read, line.read + TURNS - 1, 'WITHSCORES')
  for i = 1, #some, 2 do
    line.last = tonumber(some[i + 1])
    if is_queue(some[i]) then
      line.turns[#line.turns + 1] = {
        name = some[i], key = ready(line.priority, some[i]), time = line.last,
        taken = 0, claimed = 0, waiting = 0, stale = 0,
      }
    else
      line.out[#line.out + 1] = some[i]
    end
  end
  line.read = line.read + #some / 2
  line.more = #some == 2 * TURNS
end

-- The entry of the queue whose turn it is, and its index; nil if there is none. What has not been read comes after the last
-- that was.
local function next_queue(line)
  while true do
    local best, at = nil, nil
    for i, turn in ipairs(line.turns) do
      if not best or turn.time < best.time then
        best, at = turn, i
      end
    end
    if not line.more or best and best.time <= line.last then
      return best, at
    end
    read_turns(line)
  end
end

-- Puts one task where it belongs: to those that run, or to those that come too late.
local function place(turn, id, record)
  local stop = string.find(record, '[ \n]', TYPE + 1)
  if string.sub(record, stop, stop) == ' ' then
    local opts = options(record)
    local expires = string.match(opts, ' x=(%d+)')
    if expires and tonumber(expires) < now_ms then
      expired[#expired + 1] = { id, string.sub(record, STARTS + 1, CHARGED) }
      return false
    end
  end
  claimed[claims + 1], claimed[claims + 2], claimed[claims + 3] = id, record, turn.queue.options
  claims = claims + 3
  running[runs + 1] = id
  running[runs + 2] = ARGV[1] .. ' ' .. hex(6, tonumber(string.sub(record, STARTS + 1, STARTS + 6), 16) + 1) .. ' ' .. started
    .. turn.queue.suffix
  runs = runs + 2
  bytes_left = bytes_left - #record
  turn.claimed = turn.claimed + 1
  return true
end

-- Reads what a queue is limited to, at its first turn in this call.
local function begin_turn(line, turn)
  local queue = queues[turn.name]
  if not queue then
    local limits = limits_of(turn.name)
    queue = {
      name = turn.name, limits = limits, room = room_of(turn.name, limits, now), claimed = 0,
      options = options_of(limits), suffix = turn.name == 'default' and '' or ' ' .. turn.name,
    }
    queues[turn.name] = queue
    order[#order + 1] = queue
  end
  turn.queue = queue
  line.visited[#line.visited + 1] = turn
end

-- Takes up to `most` from a queue; looks at no more than these where `once`. An id whose record is gone or has ended is
-- dropped, since there is nothing to run; so is one that stands here twice, and what is too long for an id.
local function take(turn, most, once)
  while most > 0 and not more and not turn.empty do
    local ids = redis.pcall('LRANGE', turn.key, -(turn.taken + most + 1), -(turn.taken + 1))
    if ids.err then
      error('DAMAGED ' .. turn.key)
    end
    local after = #ids > most and 1 or 0 -- one more shows that the list does not end here
    for i = #ids, 1 + after, -1 do
      local id = ids[i]
      local record = not seen[id] and redis.call('GET', prefix .. id)
      if record and #record > LONGEST_RECORD then
        error('a record is too long') -- to be set aside
      end
      local waits = record and #id <= LONGEST_ID and string.sub(record, 1, 1) == 'w'
      more = looks == 0 or waits and bytes_left < #record and #running > 0
      if more then
        return
      end
      looks = looks - 1
      turn.taken = turn.taken + 1
      if waits then
        turn.waiting = turn.waiting + 1
        if place(turn, id, record) then
          left = left - 1
          most = most - 1
        end
      elseif not seen[id] then
        turn.stale = turn.stale + 1
      end
      seen[id] = true
    end
    turn.empty = after == 0
    if once then
      return
    end
  end
end

-- Serves the queue whose turn it is, and lets it wait for its next turn or takes it out of the turns. Returns false if there is
-- none.
local function serve(line, most, once)
  local turn, at = next_queue(line)
  if not turn then
    return false
  end
  if not turn.queue then
    begin_turn(line, turn)
  end
  local queue, before = turn.queue, turn.claimed
  take(turn, math.min(most, queue.room), once)
  local served = turn.claimed - before
  queue.room = queue.room - served
  queue.claimed = queue.claimed + served
  turn.time = turn.time + served / queue.limits.weight
  if turn.empty or queue.room < 1 then
    table.remove(line.turns, at)
  end
  return true
end

-- Serves up to `most` tasks of a priority. Where several queues have their turns, each gets a part, so that one with many tasks
-- is not all that is claimed.
local function serve_all(line, most)
  local target = left - math.min(most, left)
  while left > target and not more do
    if #line.turns == 0 and line.more then
      read_turns(line)
    end
    local share = #line.turns == 1 and not line.more and left - target or math.ceil((left - target) / PARTS)
    if not serve(line, share) then
      return
    end
  end
end

-- The priority whose next task is lifted highest by its age; nil when nothing is there.
local function most_aged()
  local best, best_rank, best_since
  for i, line in ipairs(lines) do
    local turn = next_queue(line)
    if turn then
      local id = redis.call('LINDEX', turn.key, -(turn.taken + 1))
      local since = id and tonumber(part(prefix .. id, SUBMITTED, SUBMITTED + 12), 16) or 0 -- gone: dropped first
      local rank = i - math.floor((now - since) / ageing)
      if not best or rank < best_rank or rank == best_rank and since < best_since then
        best, best_rank, best_since = line, rank, since
      end
    end
  end
  return best
end

if ageing > 0 then
  local line = most_aged()
  while line and left > 0 and not more do
    serve(line, 1, true) -- what comes after one that is dropped is of another age
    line = most_aged()
  end
else
  for i, line in ipairs(lines) do
    serve_all(line, tonumber(ARGV[4 + i]))
  end
  for _, line in ipairs(lines) do
    serve_all(line, left)
  end
end

claimed[3] = #expired
local visited = 0
for _, line in ipairs(lines) do
  local some = #line.visited + #line.out
  if some > 0 then
    redis.call('ZCARD', K['queues:' .. line.priority]) -- raises what a change of it would meet
  end
  visited = visited + some
end
if f[2] and not first and visited == 0 then
  claimed[2] = more and 1 or 0
  return claimed -- nothing there, and the mark stands: nothing to write
end
if #expired > 0 then
  check_moves()
end
begin_writing(KEYS[1])
if first then
  record_leader(ARGV[1])
end
if #running > 0 then -- first of all: raised here, it has moved nothing
  redis.call('HSET', K.running, unpack(running))
  redis.call('HSET', KEYS[1], 'claimSeq', ARGV[2])
end
for _, queue in ipairs(order) do
  if queue.claimed > 0 then
    add_to(K.occupied, queue.name, queue.claimed)
    if queue.limits.rate then
      local tokens = tokens_of(queue.name, queue.limits, now) - queue.claimed
      redis.call('SET', K['bucket:'] .. queue.name, string.format('%.6f', tokens) .. ' ' .. string.format('%.0f', now),
        'PX', math.ceil(queue.limits.burst / queue.limits.rate) + 1000)
    end
  end
end
for _, line in ipairs(lines) do
  local priority, gone, out, turns, waiting = line.priority, {}, line.out, {}, 0
  for _, turn in ipairs(line.visited) do
    if turn.taken > 0 then
      redis.call('RPOP', turn.key, turn.taken)
    end
    if turn.stale > 0 then
      add_to(K.stale, priority .. ':' .. turn.name, -turn.stale)
    end
    waiting = waiting + turn.waiting
    local room, why, opens = nil, nil, nil
    if turn.queue.room < 1 and not turn.empty then
      room, why, opens = room_of(turn.name, turn.queue.limits, now)
    end
    if turn.empty or room == 0 then
      out[#out + 1] = turn.name
      if turn.empty then
        gone[#gone + 1] = turn.name
      elseif why == 'rate' then
        close_until(turn.name, now_ms + opens)
      end
    elseif turn.claimed > 0 then
      turns[#turns + 1] = string.format('%.17g', turn.time)
      turns[#turns + 1] = turn.name
    end
  end
  if #gone > 0 then
    redis.call('ZREM', K['queues:' .. priority], unpack(gone))
  end
  if #out > 0 then
    redis.call('ZREM', K['turns:' .. priority], unpack(out))
  end
  if #turns > 0 then
    redis.call('ZADD', K['turns:' .. priority], unpack(turns))
  end
  if waiting > 0 then
    add_to(K.counts, priority, -waiting)
  end
end
local calls = batch()
for _, e in ipairs(expired) do
  to_ended(e[1], 'e' .. string.rep('0', 13) .. started .. e[2], nil, 'it could not start before expiresAt', now, calls)
end
if #calls.groups > 0 then
  push(calls, 'LPUSH')
  more = true
end
claimed[2] = more and 1 or 0
if left > 0 and not more and not f[2] then
  redis.call('HSET', KEYS[1], 'waiting', '1')
end
return claimed
