-- recover.lua  Takes back tasks that an earlier leader held when it was lost; the start that was under way is charged.
-- include: record, index, transition
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] fencing token
-- ARGV[2] charged attempts at the most, where neither a task nor its queue says, then ' <type>=<limit>' of each type with its own
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
-- The charged attempts of a type at the most.
local function most_of(type)
  for name, most in string.gmatch(ARGV[2], ' (%S+)=(%d+)') do
    if name == type then
      return most
    end
  end
  return string.match(ARGV[2], '^%d+')
end

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
local front, calls, later, ids, queues, lost = batch(), batch(), {}, {}, {}, {}
check_moves()
for i = 5, #ARGV do
  local id = ARGV[i]
  local holder, start, began, queue = running_of(redis.call('HGET', K.running, id) or '')
  if holder and holder ~= token then -- what cannot be read is set aside
    local head = part(prefix .. id, 0, 4095) -- all but the payload
    ids[#ids + 1] = id
    queues[#queues + 1] = queue
    lost[#lost + 1] = {
      id = id, start = start, began = began, queue = queue, epoch = epoch_hex(holder), opts = options(head),
      priority = WORDS[string.sub(head, PRIORITY + 1, PRIORITY + 1)],
      type = string.match(head, '^[^ \t\n]*', TYPE + 1),
      charged = tonumber(string.sub(head, CHARGED + 1, CHARGED + 4), 16),
      cancel = redis.call('HEXISTS', K.cancelling, id) == 1,
    }
    if lost[#lost].priority then
      length_of(ready(lost[#lost].priority, queue)) -- before the first write
    end
  end
end
if #ids > 0 then
  leave_running(ids, queues)
end
for _, l in ipairs(lost) do
  if l.charged then -- else the record is gone, and the task with it
    local most = tonumber(string.match(l.opts, ' a=(%d+)')
      or has_settings() and setting(texts_of(l.queue), 'a') or most_of(l.type))
    local error, charged = 'its leader was lost while it ran', l.charged + 1
    local head = l.began .. finished .. l.start .. l.epoch
    local line = l.start .. ' ' .. l.epoch .. ' ' .. l.began .. ' ' .. finished .. ' l ' .. error
    if l.cancel or charged >= most then
      add_attempt(l.id, line)
      to_ended(l.id, (l.cancel and 'x' or 'd') .. head, hex(4, charged), not l.cancel and error or nil, now, calls)
      cancelled, dead = cancelled + (l.cancel and 1 or 0), dead + (l.cancel and 0 or 1)
    else
      to_waiting(l.id, l.start, l.epoch, hex(4, charged), line)
      local crash = crashes(l.id, charged)
      if crash <= 1 then
        put(front, l.priority or 'low', l.queue, l.id)
      else
        later[#later + 1] = now_ms + math.min(tonumber(ARGV[3]) * 2 ^ (crash - 2), tonumber(ARGV[4]))
        later[#later + 1] = l.id
      end
      again = again + 1
    end
  end
end
if #later > 0 then
  wait_until(K.scheduled, later)
end
push(front, 'RPUSH')
push(calls, 'LPUSH')
return { again, dead, cancelled }
