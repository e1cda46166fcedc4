-- recover.lua  Takes back tasks that an earlier leader held when it was lost; the start that was under way is charged.
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] fencing token
-- ARGV[2] charged attempts at the most, where a task does not say
-- ARGV[3] delay after the second crash in ms, doubled with each one more
-- ARGV[4] longest delay in ms
-- ARGV[5..] ids, youngest first
-- After its first crash a task goes to the front of its queue, later on it is delayed; all charged: dead; to be cancelled:
-- cancelled. What failed before does not count as a crash.
-- Returns how many will run again, how many are dead and how many cancelled. Errors: FENCED.
local token, prefix = ARGV[1], K['task:']
if fenced(KEYS[1], token) then
  return redis.error_reply('FENCED another leader holds the lease')
end
local RUNNING = '^%d+:%x+ ' .. string.rep('%x', 6) .. ' ' .. string.rep('%x', 13) .. '$' -- what reads otherwise is set aside
-- How many of the newest `charged` attempts in the list of attempts were cut short by a crash; those beyond 20 are not known.
local function crashes(id, charged)
  local lines, count = lines_of(id, -MOST_ATTEMPTS, -1), 0
  for i = #lines, 1, -1 do
    local how = string.match(lines[i], '^%x+ %x+ %x+ %x+ (%a) ')
    if how == 'l' then
      count = count + 1
    end
    if how == 'l' or how == 'f' or how == 't' then
      charged = charged - 1
      if charged <= 0 then
        break
      end
    end
  end
  return count
end

local now = now_us()
local now_ms, finished = math.floor(now / 1000), hex(13, now)
local again, dead, cancelled = 0, 0, 0
local front = {}
for i = 1, 3 do -- each raises its error where something of another type stands under the key: before the first write
  redis.call('LLEN', ready(i))
end
for _, index in ipairs({ K.scheduled, K.dead, K.cancelled }) do
  redis.call('ZCARD', index)
end
for i = 5, #ARGV do
  local id = ARGV[i]
  local value = redis.call('HGET', K.running, id)
  if value and string.find(value, RUNNING) and string.sub(value, 1, #token + 1) ~= token .. ' ' then
    local start, began, epoch = string.sub(value, -20, -15), string.sub(value, -13), epoch_hex(value)
    local head = part(prefix .. id, 0, 4095) -- all but the payload
    local charged = tonumber(string.sub(head, CHARGED + 1, CHARGED + 4), 16)
    local cancel = redis.call('HEXISTS', K.cancelling, id) == 1
    redis.call('HDEL', K.running, id) -- frees
    if cancel then
      redis.call('HDEL', K.cancelling, id)
    end
    if charged then -- else the record is gone, and the task with it
      local opts = options(head)
      local most = tonumber(string.match(opts, ' a=(%d+)') or ARGV[2])
      local error = 'its leader was lost while it ran'
      charged = charged + 1
      add_attempt(id, start .. ' ' .. epoch .. ' ' .. began .. ' ' .. finished .. ' l ' .. error)
      if cancel then
        bury(K.cancelled, id, 'x' .. began .. finished .. start .. epoch, hex(4, charged), nil, now)
        free_unique(id, opts)
        cancelled = cancelled + 1
      elseif charged >= most then
        bury(K.dead, id, 'd' .. began .. finished .. start .. epoch, hex(4, charged), error, now)
        free_unique(id, opts)
        call_back(id, 'f', opts, now)
        dead = dead + 1
      else
        redis.call('SETRANGE', prefix .. id, STARTS, start .. epoch .. hex(4, charged))
        local crash = crashes(id, charged)
        if crash <= 1 then
          front[#front + 1] = id
        else
          redis.call('ZADD', K.scheduled, now_ms + math.min(tonumber(ARGV[3]) * 2 ^ (crash - 2), tonumber(ARGV[4])), id)
        end
        again = again + 1
      end
    end
  end
end
make_ready('RPUSH', front)
return { again, dead, cancelled }
