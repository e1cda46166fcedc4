-- forget-released.lua  Forgets who has released a lease, before Redis is stopped in order: nobody has to be waited for after it
-- starts again with just this state. The epoch stays, so that the next leader's is higher.
-- Returns how many were forgotten.
local cursor, forgotten = '0', 0
repeat
  local page = redis.call('SCAN', cursor, 'MATCH', '{*}:leader', 'COUNT', 1000)
  cursor = page[1]
  for _, key in ipairs(page[2]) do
    if redis.call('HGET', key, 'released') then
      redis.call('HDEL', key, 'nonce', 'released')
      forgotten = forgotten + 1
    end
  end
until cursor == '0'
return forgotten
