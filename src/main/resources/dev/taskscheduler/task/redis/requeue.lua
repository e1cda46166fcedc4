-- requeue.lua  Puts claimed tasks back, uncharged, under the leader's token. One that is to be cancelled is cancelled.
-- include: record, index, transition
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] fencing token
-- ARGV[2..] for each: id, start number (6 hex), delay in ms (0: to the front of its queue, before those named earlier)
-- Returns for each 1 (put back, now or before) or 0 (the task is not in this attempt). Errors: FENCED.
local token, prefix = ARGV[1], K['task:']
if fenced(KEYS[1], token) then
  return redis.error_reply('FENCED another leader holds the lease')
end
local now, epoch = now_us(), epoch_hex(token)
local now_ms, finished = math.floor(now / 1000), hex(13, now)
local back, moved, ids, queues, front, later, seen = {}, {}, {}, {}, batch(), {}, {}
check_moves()
for i = 2, #ARGV, 3 do
  local id, start, delay = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2])
  local holder, value_start, began, queue = running_of(redis.call('HGET', K.running, id) or '')
  local header = part(prefix .. id, 0, CHARGED - 1)
  if seen[id] then
    back[#back + 1] = seen[id] == start and 1 or 0 -- named twice in this call
  elseif holder == token and value_start == start then
    back[#back + 1] = 1
    seen[id] = start
    ids[#ids + 1] = id
    queues[#queues + 1] = queue
    local cancel = redis.call('HEXISTS', K.cancelling, id) == 1
    moved[#moved + 1] = { id, start, began, header ~= '', cancel, delay }
    if header ~= '' and not cancel then
      if delay == 0 then
        put(front, place_of(id) or 'low', queue, id)
      else
        later[#later + 1] = now_ms + delay
        later[#later + 1] = id
      end
    end
  else
    back[#back + 1] = (string.sub(header, 1, 1) == 'w' and string.sub(header, STARTS + 1, STARTS + 6) == start) and 1 or 0
  end
end
if #ids > 0 then
  leave_running(ids, queues)
end
for _, m in ipairs(moved) do
  local id, start, began, there, cancel, delay = unpack(m)
  if cancel then
    to_ended(id, 'x' .. began .. finished .. start .. epoch, nil, nil, now)
  elseif there then -- else the record was removed by hand, and the task with it: half of one would stay for ever
    to_waiting(id, start, epoch, nil,
      delay == 0 and start .. ' ' .. epoch .. ' ' .. began .. ' ' .. finished .. ' r its leader put it back' or nil)
  end
end
if #later > 0 then
  wait_until(K.scheduled, later)
end
push(front, 'RPUSH')
return back
