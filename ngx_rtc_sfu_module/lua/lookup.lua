-- ARGV: WID, identity, "1" to prune, when the token was issued, "1" if a join
-- would make the room.  Answers as a join would.

local wid, identity, may_prune, issued, create = unpack(ARGV)

if is_revoked(identity, issued) then
    return { 'REVOKED' }
end

if create == '1' and is_free() then
    return { 'OK' }
end

return { admit(identity, true, wid, may_prune == '1') or 'OK' }
