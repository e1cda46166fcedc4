-- claim.lua  Moves up to `limit` ready tasks to running, by priority and oldest first, under the leader's token.
-- KEYS[1] hash  {ns}:leader        the fence
-- KEYS[2] list  {ns}:ready:high    ids, oldest at the right; KEYS[3] medium, KEYS[4] low
-- KEYS[5] hash  {ns}:running       id -> token, start number, start time
-- ARGV[1] fencing token   ARGV[2] sequence of this call, higher than any before   ARGV[3] limit, 1 to 500
-- ARGV[4] bytes of records at the most (one larger one comes alone)   ARGV[5] key prefix of tasks
-- Returns the time in us, then 1 if more may be ready than the bounds let it take and else 0, then for each claimed task
-- its id and its record. Fewer than `limit` with nothing more ready leave the mark `waiting`.
-- Errors: FENCED; BARRED if a call with this sequence or a later one came before.
local limit, bytes_left, prefix = tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the fence')
end
local f = redis.call('HMGET', KEYS[1], 'claimSeq', 'waiting')
if tonumber(ARGV[2]) <= tonumber(f[1] or '0') then
  return redis.error_reply('BARRED this claim comes too late')
end

local now = now_us()
local claimed, taken, left, more = { string.format('%.0f', now), 0 }, {}, limit, false
local running, started, seen, looks = {}, hex(13, now), {}, 500 -- ids it looks at, at the most
for list = 2, 4 do
  taken[list] = 0
  while left > 0 and not more do
    local ids = redis.call('LRANGE', KEYS[list], -(taken[list] + left), -(taken[list] + 1))
    if #ids == 0 then
      break
    end
    for i = #ids, 1, -1 do
      local id = ids[i]
      local record = not seen[id] and redis.call('GET', prefix .. id)
      record = record and string.sub(record, 1, 1) == 'w' and record
      more = looks == 0 or record and bytes_left < #record and #running > 0
      if more then
        break
      end
      looks = looks - 1
      if record then
        seen[id] = true
        claimed[#claimed + 1] = id
        claimed[#claimed + 1] = record
        running[#running + 1] = id
        running[#running + 1] = ARGV[1] .. ' ' .. hex(6, tonumber(string.sub(record, 28, 33), 16) + 1) .. ' ' .. started
        left = left - 1
        bytes_left = bytes_left - #record
      end
      -- An id whose record is gone or has ended is dropped, since there is nothing to run; so is one that stands here twice.
      taken[list] = taken[list] + 1
    end
  end
end

claimed[2] = more and 1 or 0
if #running == 0 and f[2] and taken[2] + taken[3] + taken[4] == 0 then
  return claimed -- nothing there, and the mark stands: nothing to write
end
begin_writing(KEYS[1])
for list = 2, 4 do
  if taken[list] > 0 then
    redis.call('RPOP', KEYS[list], taken[list])
  end
end
if #running > 0 then
  redis.call('HSET', KEYS[5], unpack(running))
  redis.call('HSET', KEYS[1], 'claimSeq', ARGV[2])
end
if left > 0 and not more and not f[2] then
  redis.call('HSET', KEYS[1], 'waiting', '1')
end
return claimed
