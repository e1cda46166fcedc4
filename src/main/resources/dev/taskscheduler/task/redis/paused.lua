-- paused.lua  Shows what is paused.
-- include: record, index, counts
-- KEYS[1] {ns}:leader, the lease; the names of all other keys are made from its prefix
-- Returns what ('all', 'priority:<name>', 'queue:<name or pattern>') and since when in ms ('' where that is no time), in turns.
return pauses()
