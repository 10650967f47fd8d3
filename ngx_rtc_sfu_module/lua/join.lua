-- ARGV: WID, SID, identity, payload, "1" to replace the identity's member,
-- "1" to prune, "1" for a snapshot.  Answers the snapshot, or OK with revision
-- and epoch, or a refusal.

local wid, sid, identity, payload, replace, may_prune, wanted = unpack(ARGV)

local refused = admit(identity, replace == '1', wid, may_prune == '1')

if refused then
    return { refused }
end

local old = redis.call('HGET', identities, identity)

if old and old ~= sid then
    remove(old, '2')
end

redis.call('HSET', identities, identity, sid)
put(sid, wid, payload)

if wanted == '1' then
    return snapshot()
end

return { 'OK', redis.call('GET', revision), redis.call('HGET', room, 'epoch') }
