-- ARGV: WID, SID, identity, payload, "1" to replace the identity's member,
-- "1" to prune.  Answers the snapshot or a refusal.

local wid, sid, identity, payload, replace, may_prune = unpack(ARGV)

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

return snapshot()
