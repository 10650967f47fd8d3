-- ARGV: WID, identity, "1" to prune, when the token was issued, "1" if a join
-- would make the room, the SID of a session that nobody may have followed or
-- "", whose second connection it is or "".  Answers as a join would.

local wid, identity, may_prune, issued, create, sid, first = unpack(ARGV)

if is_revoked(first == '' and identity or first, issued) then
    return { 'REVOKED' }
end

if create == '1' and is_free() then
    return { 'OK' }
end

if has_another(first, identity) then
    return { 'FULL' }
end

local holder = redis.call('HGET', identities, identity)
local may_replace = sid == '' or not holder or holder == sid

return { admit(identity, may_replace, wid, may_prune == '1') or 'OK' }
