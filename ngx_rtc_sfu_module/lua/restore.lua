-- ARGV: WID, SID, identity, payload.  Writes a member again that had been let
-- in: its seat is its own, another's identity is not.

local wid, sid, identity, payload = unpack(ARGV)

local refused = refusal(identity, true)

if refused and refused ~= 'FULL' then
    return { refused }
end

local holder = redis.call('HGET', identities, identity)

if holder and holder ~= sid then
    return { 'TAKEN' }
end

enter(sid, wid, identity, payload)

return { 'OK' }
