-- paused.lua  Shows what is paused.
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- Returns what and since when, in turns; nothing that is too long or beyond the most there may be.
return pauses()
