-- repair-list.lua  Looks through a page of a list, from the left: what is pushed there meanwhile only comes up again.
-- include: record, index
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- KEYS[2] list   the one to look through: ready or done
-- ARGV[1] fencing token
-- ARGV[2] the state of tasks that stand here: waiting or completed
-- ARGV[3] index of the first id, 0 at first
-- ARGV[4] the id before it, as this script answered it; '' at first
-- ARGV[5] limit, 1 to 500
-- Returns the next index (-1 at the end), the last id of this page, 1 if the place was lost (ids may come up twice) and else 0,
-- how many ids have no task in this state, then for each that has, and of `done` for those too: '=' and the id, or '!' and the
-- id where it stands elsewhere too, or has no business here. Errors: FENCED.
local prefix, state, from, limit = K['task:'], STATES[ARGV[2]], tonumber(ARGV[3]), tonumber(ARGV[5])
if fenced(KEYS[1], ARGV[1]) then
  return redis.error_reply('FENCED another leader holds the lease')
end
local lost = 0
if from > 0 and short(redis.call('LINDEX', KEYS[2], from - 1) or '') ~= ARGV[4] then
  lost = 1 -- unless the id is a little further to the right by now
  for i, id in ipairs(redis.call('LRANGE', KEYS[2], from, from + 2000)) do
    if short(id) == ARGV[4] then
      from = from + i
      lost = 0
      break
    end
  end
end
local ids = redis.call('LRANGE', KEYS[2], from, from + limit - 1)
if #ids == 0 then
  return { -1, '', lost, 0 }
end
local page = { #ids < limit and -1 or from + #ids, short(ids[#ids]), lost, 0 }
local running, other
if state == 'w' then
  running = redis.call('HMGET', K.running, unpack(ids))
  other = redis.call('ZMSCORE', K.scheduled, unpack(ids))
else
  running = {}
  other = redis.call('ZMSCORE', K.retained, unpack(ids))
end
for i, id in ipairs(ids) do
  local here = part(prefix .. id, 0, 0) == state
  if not here then
    page[4] = page[4] + 1
  end
  if #id <= LONGEST_ID and (here or state == 'c') then
    page[#page + 1] = (not here or running[i] or other[i]) and '!' .. id or '=' .. id
  end
end
return page
