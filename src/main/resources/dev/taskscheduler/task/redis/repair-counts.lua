-- repair-counts.lua  Begins and ends a look through the lists: says what there is, and puts the counts of stale ids right.
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] fencing token
-- ARGV[2] how the lists of high priority stood when the look began, as this script answered it; '': none
-- ARGV[3] those of medium
-- ARGV[4] those of low
-- ARGV[5] how many stale ids the look has found in the lists of high priority
-- ARGV[6] in those of medium
-- ARGV[7] in those of low
-- A count is set to what was found only if nothing was taken or cancelled since the look began, and removed where no list of
-- that priority is left. A member of `parked` without a list, or too long for one, is removed.
-- Returns the time in us, how many counts of stale ids and how many members of `parked` were put right, the length of `done`,
-- how the lists of high, medium and low stand, their lengths with what is parked, then the members of `parked`. Errors: FENCED.
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the lease')
end
local letters = { 'h', 'm', 'l' }
local lengths, parked, members, empty = {}, { h = 0, m = 0, l = 0 }, {}, {}
for _, what in ipairs(redis.call('SMEMBERS', K.parked)) do
  local letter, length = string.sub(what, 1, 1), redis.call('LLEN', K['parked:'] .. what)
  if length == 0 or #what > LONGEST_ID then
    empty[#empty + 1] = what
  else
    members[#members + 1] = what
    parked[letter] = (parked[letter] or 0) + length
  end
end
local stands, wrong = {}, {}
for i, letter in ipairs(letters) do
  local count = redis.call('HGET', K.stale, letter)
  lengths[i] = redis.call('LLEN', ready(i)) + parked[letter]
  -- what is pushed at the left moves none of these; each pop, and each return to the front, moves the last id
  stands[i] = short(count or '0') .. ' ' .. short(redis.call('LINDEX', ready(i), -1) or '') .. ' ' .. parked[letter]
  local found = lengths[i] == 0 and '0' or stands[i] == ARGV[1 + i] and ARGV[4 + i]
  if found and (count or '0') ~= found then
    wrong[#wrong + 1] = { letter, found }
  end
end
local time = now_us()
if #wrong + #empty > 0 then
  begin_writing(KEYS[1])
end
for _, w in ipairs(wrong) do
  if w[2] == '0' then
    redis.call('HDEL', K.stale, w[1])
  else
    redis.call('HSET', K.stale, w[1], w[2])
  end
end
for _, what in ipairs(empty) do
  redis.call('SREM', K.parked, what)
end
local answer = {
  string.format('%.0f', time), #wrong, #empty, redis.call('LLEN', K.done),
  stands[1], stands[2], stands[3], lengths[1], lengths[2], lengths[3],
}
for _, what in ipairs(members) do -- more than unpack takes, it may be
  answer[#answer + 1] = what
end
return answer
