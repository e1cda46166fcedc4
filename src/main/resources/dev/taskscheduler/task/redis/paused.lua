-- paused.lua  Shows what is paused.
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- Returns what ('all', 'priority:<name>', 'type:<name>') and since when in ms, in turns; nothing that is too long or beyond the
-- most there may be.
return pauses()
