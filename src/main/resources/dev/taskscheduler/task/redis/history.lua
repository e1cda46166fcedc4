-- history.lua  Shows how much was done when.
-- include: record, history
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- ARGV[1] which slots: 1 for those of 10 s, 2 for those of 300 s
-- Returns the time in seconds, the seconds of a slot, how many places there are, and the bytes of all of them.
local ring = RINGS[tonumber(ARGV[1])]
local now = math.floor(now_us() / 1000000)
return { now, ring.seconds, ring.places, part(K.history, ring.from, ring.from + ring.places * SLOT_BYTES - 1) }
