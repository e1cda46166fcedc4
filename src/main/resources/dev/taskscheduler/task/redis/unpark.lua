-- unpark.lua  Puts tasks back that were set aside while their type was paused: to the front of their queues, in their order.
-- KEYS[1] hash  {ns}:leader      the lease
-- KEYS[2] list  {ns}:ready:high  ids, oldest at the right; KEYS[3] medium, KEYS[4] low
-- KEYS[5] hash  {ns}:paused      'type:<name>' -> since   KEYS[6] set {ns}:parked   '<h|m|l>:<type>'
-- KEYS[7] hash  {ns}:stale       h, m, l -> cancelled ids that still stand in lists
-- ARGV[1] fencing token   ARGV[2] key prefix of tasks   ARGV[3] of what is parked   ARGV[4] wake channel
-- ARGV[5] limit, 1 to 500
-- Returns how many were put back or dropped; 0 when nothing is left to be put back. Errors: FENCED.
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the lease')
end
local moved = 0
for _, what in ipairs(redis.call('SMEMBERS', KEYS[6])) do
  local limit = tonumber(ARGV[5]) - moved
  if limit > 0 and LIST[string.sub(what, 1, 1)] and redis.call('HEXISTS', KEYS[5], 'type:' .. string.sub(what, 3)) == 0 then
    local letter, list = string.sub(what, 1, 1), ARGV[3] .. what
    local ids = redis.call('LRANGE', list, 0, limit - 1) -- youngest first
    redis.call('LLEN', KEYS[1 + LIST[letter]]) -- raises its error where something of another type stands there
    begin_writing(KEYS[1])
    local back, stale = {}, 0
    for _, id in ipairs(ids) do
      if part(ARGV[2] .. id, 0, 0) == 'w' then
        back[#back + 1] = id
      else
        stale = stale + 1
      end
    end
    if #ids > 0 then
      redis.call('LPOP', list, #ids)
    end
    if #back > 0 then
      redis.call('RPUSH', KEYS[1 + LIST[letter]], unpack(back))
      wake(KEYS[1], ARGV[4])
    end
    if stale > 0 then
      forget_stale(KEYS[7], letter, stale)
    end
    if redis.call('LLEN', list) == 0 then
      redis.call('SREM', KEYS[6], what)
    end
    moved = moved + #ids
  end
end
return moved
