-- submit-plain.lua  Keeps new tasks that ask for nothing but to run soon, all or none: in fewer steps what submit.lua does
-- with each.
-- KEYS[1] hash  {ns}:leader        the lease; its field `waiting` asks to be woken
-- KEYS[2] list  {ns}:ready:high    ids, oldest at the right; KEYS[3] medium, KEYS[4] low
-- KEYS[5] zset  {ns}:scheduled     KEYS[6] hash {ns}:running   KEYS[7] set {ns}:parked   counted against the limit
-- KEYS[8] hash  {ns}:stale         h, m, l -> cancelled ids that still stand in lists: not counted
-- ARGV[1] key prefix of tasks   ARGV[2] wake channel   ARGV[3] tasks that may be pending at the most   ARGV[4] key prefix of
-- what is parked
-- ARGV[5] how many are of high priority   ARGV[6] of medium   ARGV[7] of low
-- ARGV[8..] the ids, no two the same, in that order, then for each '<type>\n<payload>'
-- Returns 1 (all are kept), or 0 and has done nothing: one of them is there already, or too many are pending.
local FIRST = 8
local LETTERS = { 'h', 'm', 'l' }
local all = ARGV[5] + ARGV[6] + ARGV[7]
if all > ARGV[3] - pending({ KEYS[2], KEYS[3], KEYS[4] }, KEYS[5], KEYS[6], KEYS[7], ARGV[4], KEYS[8]) then
  return 0
end
local prefix, submitted = ARGV[1], hex(13, now_us())
local records, n, from = {}, 0, FIRST
for i = 1, 3 do
  local head = 'w' .. string.rep('0', PRIORITY - 1) .. LETTERS[i] .. submitted
  for j = from, from + ARGV[4 + i] - 1 do
    records[n + 1] = prefix .. ARGV[j]
    records[n + 2] = head .. ARGV[j + all]
    n = n + 2
  end
  from = from + ARGV[4 + i]
end
if redis.call('MSETNX', unpack(records)) == 0 then
  return 0
end
from = FIRST
for i = 1, 3 do
  local count = tonumber(ARGV[4 + i])
  if count > 0 then
    redis.call('LPUSH', KEYS[1 + i], unpack(ARGV, from, from + count - 1))
  end
  from = from + count
end
wake(KEYS[1], ARGV[2])
return 1
