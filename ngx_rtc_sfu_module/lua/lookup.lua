-- ARGV: WID, identity, "1" to prune.  Answers as a join would.

local wid, identity, may_prune = unpack(ARGV)

return { admit(identity, true, wid, may_prune == '1') or 'OK' }
