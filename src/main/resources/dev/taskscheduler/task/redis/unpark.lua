-- unpark.lua  Puts tasks back that were set aside while their type was paused: to the front of their queues, in their order.
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] fencing token
-- ARGV[2] limit, 1 to 500
-- Returns how many were put back or dropped; 0 when nothing is left to be put back. Errors: FENCED.
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the lease')
end
local moved = 0
for _, what in ipairs(redis.call('SMEMBERS', K.parked)) do
  local limit = tonumber(ARGV[2]) - moved
  if limit > 0 and LIST[string.sub(what, 1, 1)] and redis.call('HEXISTS', K.paused, 'type:' .. string.sub(what, 3)) == 0 then
    local letter, list = string.sub(what, 1, 1), K['parked:'] .. what
    local ids = redis.call('LRANGE', list, 0, limit - 1) -- youngest first
    redis.call('LLEN', ready(LIST[letter])) -- raises its error where something of another type stands there
    begin_writing(KEYS[1])
    local back, stale = {}, 0
    for _, id in ipairs(ids) do
      if part(K['task:'] .. id, 0, 0) == 'w' then
        back[#back + 1] = id
      else
        stale = stale + 1
      end
    end
    if #ids > 0 then
      redis.call('LPOP', list, #ids)
    end
    if #back > 0 then
      redis.call('RPUSH', ready(LIST[letter]), unpack(back))
      wake()
    end
    if stale > 0 then
      forget_stale(letter, stale)
    end
    if redis.call('LLEN', list) == 0 then
      redis.call('SREM', K.parked, what)
    end
    moved = moved + #ids
  end
end
return moved
