-- cancelling.lua  Lists tasks that are to be cancelled while they run; forgets those that do not run any more.
-- include: record, index
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] fencing token
-- Returns ids, 500 at the most. Errors: FENCED.
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the lease')
end
local asked, over = {}, {}
for _, id in ipairs(redis.call('HKEYS', K.cancelling)) do
  if #id > LONGEST_ID or redis.call('HEXISTS', K.running, id) == 0 then
    over[#over + 1] = id
  elseif #asked < 500 then
    asked[#asked + 1] = id
  end
end
for _, id in ipairs(over) do
  redis.call('HDEL', K.cancelling, id) -- frees
end
return asked
