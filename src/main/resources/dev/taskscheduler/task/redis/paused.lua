-- paused.lua  Shows what is paused.
-- KEYS[1] hash  {ns}:paused   'all', 'priority:<name>', 'type:<name>' -> since, ms
-- Returns what and since when, in turns; nothing that is too long or beyond the most there may be.
return pauses(KEYS[1])
