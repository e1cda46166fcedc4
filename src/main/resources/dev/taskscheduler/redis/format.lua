-- format.lua  Says in which format the data of a namespace are; may mark a new namespace with ours.
-- KEYS[1] string  {ns}:format      the number of the format
-- KEYS[2] zset    {ns}:leaders     is there once anybody has led
-- KEYS[3] list    {ns}:ready:high    of a format before the first that has a number
-- KEYS[4] list    {ns}:ready:medium  of that format
-- KEYS[5] list    {ns}:ready:low     of that format
-- ARGV[1] the number of our format
-- ARGV[2] 1 to mark a namespace that has no data, 0 to change nothing
-- Returns the format that is there now, at most 20 bytes of it; '1' where there are data without a number.
local found = redis.call('GET', KEYS[1])
if not found then
  if redis.call('EXISTS', KEYS[2], KEYS[3], KEYS[4], KEYS[5]) > 0 then
    return '1'
  end
  if ARGV[2] == '1' then
    redis.call('HDEL', KEYS[1], '-') -- needs no memory, and lets the next pass when Redis is full
    redis.call('SET', KEYS[1], ARGV[1])
  end
  return ARGV[1]
end
return string.sub(found, 1, 20)
