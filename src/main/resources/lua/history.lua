-- How much was done when: counts for slots of time, in one string of fixed length. Included after record.lua.
--
-- A slot has 40 bytes: 8 hex digits of its number (the time in seconds, divided by the slot's length), then as many of the tasks
-- submitted, attempts started, tasks completed and attempts failed in it. Slots of 10 s stand in the first 4,800 bytes, slots of
-- 300 s in the next 11,600, each at its number modulo the number of places: a new one takes the place of the oldest.
local SLOT_BYTES = 40
local RINGS = { { from = 0, seconds = 10, places = 120 }, { from = 4800, seconds = 300, places = 290 } }
local MOST_COUNTED = 4294967295

-- Where a slot stands.
local function place_of_slot(ring, number)
  return ring.from + number % ring.places * SLOT_BYTES
end

-- The four counts of a slot; zeros where its bytes are of another one, or of none.
local function counts_of_slot(text, number)
  local counts = { 0, 0, 0, 0 }
  if #text == SLOT_BYTES and string.find(text, '^%x+$') and tonumber(string.sub(text, 1, 8), 16) == number then
    for i = 1, 4 do
      counts[i] = tonumber(string.sub(text, 8 * i + 1, 8 * i + 8), 16)
    end
  end
  return counts
end

-- The four sums of the last six full slots of 10 s, of the minute before `now`, us.
local function last_minute(now)
  local ring, sums = RINGS[1], { 0, 0, 0, 0 }
  local current = math.floor(now / 1000000 / ring.seconds)
  for number = current - 6, current - 1 do
    local at = place_of_slot(ring, number)
    for i, count in ipairs(counts_of_slot(part(K.history, at, at + SLOT_BYTES - 1), number)) do
      sums[i] = sums[i] + count
    end
  end
  return sums
end
