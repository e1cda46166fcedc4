-- requeue.lua  Puts claimed tasks back, uncharged, under the leader's token. One that is to be cancelled is cancelled.
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
local back, moved, front, later, seen = {}, {}, {}, {}, {}
for i = 1, 3 do -- each raises its error where something of another type stands under the key: before the first write
  redis.call('LLEN', ready(i))
end
redis.call('ZCARD', K.scheduled)
redis.call('ZCARD', K.cancelled)
for i = 2, #ARGV, 3 do
  local id, start, delay = ARGV[i], ARGV[i + 1], tonumber(ARGV[i + 2])
  local value = redis.call('HGET', K.running, id)
  local header = part(prefix .. id, 0, CHARGED - 1)
  if seen[id] then
    back[#back + 1] = seen[id] == start and 1 or 0 -- named twice in this call
  elseif value and string.sub(value, 1, #token + 7) == token .. ' ' .. start then
    back[#back + 1] = 1
    seen[id] = start
    local cancel = redis.call('HEXISTS', K.cancelling, id) == 1
    moved[#moved + 1] = { id, start, string.sub(value, -13), header ~= '', cancel, delay }
    if header ~= '' and not cancel then
      if delay == 0 then
        front[#front + 1] = id
      else
        later[#later + 1] = now_ms + delay
        later[#later + 1] = id
      end
    end
  else
    back[#back + 1] = (string.sub(header, 1, 1) == 'w' and string.sub(header, STARTS + 1, STARTS + 6) == start) and 1 or 0
  end
end
for _, m in ipairs(moved) do
  local id, start, began, there, cancel, delay = unpack(m)
  redis.call('HDEL', K.running, id) -- the first write frees
  if cancel then
    redis.call('HDEL', K.cancelling, id)
    local opts = bury(K.cancelled, id, 'x' .. began .. finished .. start .. epoch, nil, nil, now)
    if opts then
      free_unique(id, opts)
    end
  elseif there then -- else the record was removed by hand, and the task with it: half of one would stay for ever
    redis.call('SETRANGE', prefix .. id, STARTS, start .. epoch)
    if delay == 0 then
      add_attempt(id, start .. ' ' .. epoch .. ' ' .. began .. ' ' .. finished .. ' r its leader put it back')
    end
  end
end
if #later > 0 then
  schedule(later)
end
if #front > 0 then
  make_ready('RPUSH', front)
  wake()
end
return back
