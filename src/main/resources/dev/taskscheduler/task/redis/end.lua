-- end.lua  Records the ends of attempts, under the leader's token.
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] fencing token
-- ARGV[2..] for each attempt: id, start number (6 hex) and how it ended:
--   'c'                           completed, and nothing more to it
--   'C<options>\n<result>'        completed, with the task's options and a result ('' for none)
--   'd<f|t><error>'               dead: it failed or ran out of time, and that was the last attempt
--   'r<f|t><delay, ms> <error>'   to be tried again after a delay; charged
--   'x<error>'                    cancelled
-- Errors come without control characters.
-- Returns for each attempt the state that came of it (completed, dead, cancelled or retrying), 'before' if its end was recorded
-- by an earlier call, or 'refused' if the task is not in this attempt. Errors: FENCED.
local WORDS = { c = 'completed', C = 'completed', d = 'dead', r = 'retrying', x = 'cancelled' }
local token, prefix, attempts = ARGV[1], K['task:'], K['attempts:']
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
local recorded, gone, plain, other, ended = {}, {}, {}, {}, {}
for n, id in ipairs(ids) do
  local start, outcome = ARGV[3 * n], ARGV[3 * n + 1]
  local value = values[n]
  if ended[id] then
    recorded[n] = ended[id] == start and 'before' or 'refused' -- named twice in this call
  elseif value and string.sub(value, 1, #token + 7) == token .. ' ' .. start then
    ended[id] = start
    local how = string.sub(outcome, 1, 1)
    if how == 'r' and some_cancelled and redis.call('HEXISTS', K.cancelling, id) == 1 then
      how = 'x'
    end
    recorded[n] = WORDS[how]
    gone[#gone + 1] = id
    local began = string.sub(value, -13)
    local head = began .. finished .. start .. epoch
    if how == 'c' then
      plain[#plain + 1] = { id, head }
    else
      other[#other + 1] = { id, head, how, outcome, start .. ' ' .. epoch .. ' ' .. began .. ' ' .. finished }
    end
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

-- Each raises its error where something of another type stands under the key: before the first write.
local checked = {}
for _, o in ipairs(other) do
  local index = ({ C = K.retained, d = K.dead, r = K.scheduled, x = K.cancelled })[o[3]]
  if not checked[index] then
    redis.call('ZCARD', index)
    for i = 1, 3 do -- for callbacks
      redis.call('LLEN', ready(i))
    end
    checked[index] = true
  end
end
redis.call('HDEL', K.running, unpack(gone)) -- the first write frees
if some_cancelled then
  redis.call('HDEL', K.cancelling, unpack(gone))
end
local completed = {}
for _, d in ipairs(plain) do
  if redis.call('EXISTS', prefix .. d[1]) == 1 -- else the record was removed by hand, and the task with it
    and type(redis.pcall('SETRANGE', prefix .. d[1], 0, 'c' .. d[2])) == 'number' then -- or it is no record
    completed[#completed + 1] = d[1]
  end
end
if #completed > 0 then
  redis.pcall('LPUSH', K.done, unpack(completed)) -- where another type stands there, repairs file them
end

local later = {}
local ending = {}

function ending.C(id, head, outcome)
  local opts, result = string.match(outcome, '^C([^\n]*)\n(.*)$')
  if part(prefix .. id, 0, 0) == '' then
    return
  end
  redis.call('SETRANGE', prefix .. id, 0, 'c' .. head)
  local keep = string.match(opts, ' k=(%d+)')
  if keep then
    redis.call('ZADD', K.retained, now_ms + tonumber(keep), id)
  else
    redis.call('LPUSH', K.done, id)
  end
  if result ~= '' then
    redis.pcall('RPUSH', attempts .. id, '=' .. result)
  end
  free_unique(id, opts)
  call_back(id, 's', opts, now, result)
end

function ending.d(id, head, outcome, line)
  local error = string.sub(outcome, 3)
  local charged = tonumber(part(prefix .. id, CHARGED, CHARGED + 3), 16) or 0
  local opts = bury(K.dead, id, 'd' .. head, hex(4, charged + 1), error, now)
  if opts then
    add_attempt(id, line .. ' ' .. string.sub(outcome, 2, 2) .. ' ' .. error)
    free_unique(id, opts)
    call_back(id, 'f', opts, now)
  end
end

function ending.r(id, head, outcome, line)
  local charged = tonumber(part(prefix .. id, CHARGED, CHARGED + 3), 16)
  if charged then
    local how, delay, error = string.match(outcome, '^r(%a)(%d+) (.*)$')
    redis.call('SETRANGE', prefix .. id, STARTS, string.sub(head, 27) .. hex(4, charged + 1))
    add_attempt(id, line .. ' ' .. how .. ' ' .. error)
    later[#later + 1] = now_ms + tonumber(delay)
    later[#later + 1] = id
  end
end

function ending.x(id, head)
  local opts = bury(K.cancelled, id, 'x' .. head, nil, nil, now)
  if opts then
    free_unique(id, opts)
  end
end

for _, o in ipairs(other) do
  ending[o[3]](o[1], o[2], o[4], o[5])
end
if #later > 0 then
  schedule(later)
end
return recorded
