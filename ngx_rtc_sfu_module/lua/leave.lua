-- ARGV: WID, SID, identity (empty if it is not known), reason.

local wid, sid, identity, reason = unpack(ARGV)

if stands(sid, wid) then
    remove(sid, reason)
end

if identity == '' then
    free_identities()

elseif redis.call('HGET', identities, identity) == sid
    and redis.call('HEXISTS', members, sid) == 0
then
    redis.call('HDEL', identities, identity)
end

return { 'OK' }
