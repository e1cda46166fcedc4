-- recover.lua  Takes back tasks that an earlier leader held when it was lost; the start that was under way is charged.
-- KEYS[1] hash  {ns}:leader      the fence
-- KEYS[2] list  {ns}:ready:high  ids, oldest at the right; KEYS[3] medium, KEYS[4] low
-- KEYS[5] hash  {ns}:running     KEYS[6] zset {ns}:scheduled   KEYS[7] zset {ns}:dead
-- ARGV[1] fencing token   ARGV[2] key prefix of tasks   ARGV[3] charged starts at the most
-- ARGV[4] delay of the second crash in ms, doubled with each one more   ARGV[5] longest delay in ms
-- ARGV[6..] ids, youngest first
-- First crash: to the front of its queue; from the second on delayed; charged starts used up: dead.
-- Returns how many will run again and how many are dead. Errors: FENCED.
local token, prefix, most = ARGV[1], ARGV[2], tonumber(ARGV[3])
if fenced(KEYS[1], token) then
  return redis.error_reply('FENCED another leader holds the fence')
end
local now = now_us()
local now_ms = math.floor(now / 1000)
local again, dead = 0, 0
local front = {}
for i = 6, #ARGV do
  local id = ARGV[i]
  local value = redis.call('HGET', KEYS[5], id)
  if value and string.sub(value, 1, #token + 1) ~= token .. ' ' then
    local start, started = string.sub(value, -20, -15), string.sub(value, -13)
    local charged = tonumber(redis.call('GETRANGE', prefix .. id, 33, 36), 16)
    redis.call('HDEL', KEYS[5], id) -- frees
    if charged then -- else the record is gone, and the task with it
      charged = charged + 1
      if charged >= most then
        local error = 'its leader was lost while it ran, ' .. charged .. ' times'
        bury(KEYS[7], prefix, id, 'd' .. started .. hex(13, now) .. start .. hex(4, charged), 38, error, now)
        dead = dead + 1
      else
        redis.call('SETRANGE', prefix .. id, 27, start .. hex(4, charged))
        if charged == 1 then
          front[#front + 1] = id
        else
          redis.call('ZADD', KEYS[6], now_ms + math.min(tonumber(ARGV[4]) * 2 ^ (charged - 2), tonumber(ARGV[5])), id)
        end
        again = again + 1
      end
    end
  end
end
make_ready('RPUSH', { KEYS[2], KEYS[3], KEYS[4] }, prefix, front)
return { again, dead }
