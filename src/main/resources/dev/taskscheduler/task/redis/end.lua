-- end.lua  Records the ends of attempts, under the leader's token.
-- include: record, index, transition
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] fencing token
-- ARGV[2..] for each attempt: id, start number (6 hex) and how it ended:
--   'completed'                                                completed, and nothing more to it
--   'completed<options>\n<result>'                             completed, with the task's options and a result ('' for none)
--   'dead <failed|timed_out> <after> <error>'                  it failed or ran out of time, and that was the last attempt
--   'retry <failed|timed_out> <after> <delay, ms> <error>'     to be tried again after a delay; charged
--   'cancelled'
-- `after`: ms for which the target asked to be left alone, '-' if it did not. Errors come without control characters.
-- Where a queue has the setting honourRetryAfter, `after` closes it for that long, and the attempt goes back uncharged, unless
-- ten of its task did before.
-- Returns for each attempt the state that came of it (completed, dead, cancelled, retrying or requeued), 'before' if its end was
-- recorded by an earlier call, or 'refused' if the task is not in this attempt. Errors: FENCED.
local STATES = { completed = 'completed', dead = 'dead', retry = 'retrying', cancelled = 'cancelled', requeue = 'requeued' }
local HOW = { failed = 'f', timed_out = 't' }
local MOST_UNCHARGED, LONGEST_WHY = 10, 300
local token, prefix = ARGV[1], K['task:']
if fenced(KEYS[1], token) then
  return redis.error_reply('FENCED another leader holds the lease')
end
local ids = {}
for i = 2, #ARGV, 3 do
  ids[#ids + 1] = ARGV[i]
end
local values = redis.call('HMGET', K.running, unpack(ids))
local some_cancelled = redis.call('HLEN', K.cancelling) > 0
local now = now_us()
local now_ms, finished, epoch = math.floor(now / 1000), hex(13, now), epoch_hex(token)
local recorded, gone, queues, plain, other, ended, front = {}, {}, {}, {}, {}, {}, batch()

-- Reads an attempt that may close its queue; returns 'requeue' where it goes back uncharged.
local function closes(o, how)
  if o.after == '-' or not has_settings() or setting(texts_of(o.queue), 'honourRetryAfter') ~= 'true' then
    o.after = nil
    return how
  end
  local charged = tonumber(part(prefix .. o.id, CHARGED, CHARGED + 3), 16)
  if not charged or tonumber(o.start, 16) - 1 - charged >= MOST_UNCHARGED then
    return how
  end
  put(front, place_of(o.id) or 'low', o.queue, o.id)
  return 'requeue'
end

for n, id in ipairs(ids) do
  local start, outcome = ARGV[3 * n], ARGV[3 * n + 1]
  local value = values[n]
  if ended[id] then
    recorded[n] = ended[id] == start and 'before' or 'refused' -- named twice in this call
  elseif value and string.sub(value, 1, #token + 7) == token .. ' ' .. start then
    local _, _, began, queue = running_of(value)
    ended[id] = start
    gone[#gone + 1] = id
    queues[#queues + 1] = queue
    local how = outcome == 'completed' and outcome or string.match(outcome, '^%a+')
    if how == 'retry' and some_cancelled and redis.call('HEXISTS', K.cancelling, id) == 1 then
      how = 'cancelled'
    end
    local head = began .. finished .. start .. epoch
    if outcome == 'completed' then
      plain[#plain + 1] = { id, head }
    else
      local o = { id = id, queue = queue, start = start, head = head, outcome = outcome }
      o.line = start .. ' ' .. epoch .. ' ' .. began .. ' ' .. finished .. ' '
      if how == 'dead' then
        o.letter, o.after, o.error = string.match(outcome, '^dead (%S+) (%S+) (.*)$')
        how = closes(o, how)
      elseif how == 'retry' then
        o.letter, o.after, o.delay, o.error = string.match(outcome, '^retry (%S+) (%S+) (%d+) (.*)$')
        how = closes(o, how)
      end
      o.how, o.letter = how, HOW[o.letter]
      other[#other + 1] = o
    end
    recorded[n] = STATES[how]
  else
    local header = part(prefix .. id, 0, CHARGED - 1)
    local same = header ~= '' and string.sub(header, STARTS + 1, STARTS + 6) == start
    if same and string.sub(header, 1, 1) == 'w' then -- waits again: did it fail, or was it put back?
      local last = lines_of(id, -1, -1)[1]
      same = last and string.match(last, '^' .. start .. ' %x+ %x+ %x+ [ft] ')
    end
    recorded[n] = same and 'before' or 'refused'
  end
end
if #gone == 0 then
  return recorded
end
if #other > 0 then
  check_moves()
end
has_settings()
leave_running(gone, queues)
to_completed_plainly(plain)

local later, calls = {}, batch()
local move = {}

function move.completed(o)
  local opts, result = string.match(o.outcome, '^completed([^\n]*)\n(.*)$')
  to_completed(o.id, o.head, opts, result, now, calls)
end

function move.dead(o)
  local charged = tonumber(part(prefix .. o.id, CHARGED, CHARGED + 3), 16) or 0
  if to_ended(o.id, 'd' .. o.head, hex(4, charged + 1), o.error, now, calls) then
    add_attempt(o.id, o.line .. o.letter .. ' ' .. o.error)
  end
end

function move.retry(o)
  local charged = tonumber(part(prefix .. o.id, CHARGED, CHARGED + 3), 16)
  if charged then
    to_waiting(o.id, o.start, epoch, hex(4, charged + 1), o.line .. o.letter .. ' ' .. o.error)
    later[#later + 1] = now_ms + tonumber(o.delay)
    later[#later + 1] = o.id
  end
end

function move.requeue(o)
  to_waiting(o.id, o.start, epoch, nil, o.line .. 'r its queue is closed: ' .. o.error)
end

function move.cancelled(o)
  to_ended(o.id, 'x' .. o.head, nil, nil, now, calls)
end

for _, o in ipairs(other) do
  move[o.how](o)
  if o.after then
    close_queue(o.queue, now_ms + tonumber(o.after), o.id .. ' ' .. string.sub(o.error, 1, LONGEST_WHY))
  end
end
if #later > 0 then
  wait_until(K.scheduled, later)
end
push(front, 'RPUSH')
push(calls, 'LPUSH')
return recorded
