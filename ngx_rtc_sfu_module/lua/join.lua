-- ARGV: WID, SID, identity, payload, "1" to replace the identity's member,
-- "1" to prune, "1" for a snapshot, when the token was issued, whose second
-- connection it is or "", the epoch of the room if it is to be made ("": it is
-- not), and what make() takes.  Answers the snapshot, or OK with revision and
-- epoch, each followed by the protocol that this session is to be offered ("":
-- any), or a refusal.

local wid, sid, identity, payload, replace, may_prune, wanted, issued, first,
    epoch = unpack(ARGV)

if is_revoked(first == '' and identity or first, issued) then
    return { 'REVOKED' }
end

if epoch ~= '' and is_free() then
    make(unpack(ARGV, 10))
end

local refused = has_another(first, identity) and 'FULL'
    or admit(identity, replace == '1', wid, may_prune == '1')

if refused then
    return { refused }
end

local old = redis.call('HGET', identities, identity)

if old and old ~= sid then
    remove(old, '2')
end

enter(sid, wid, identity, payload)

local id = id_of(room)
local asked = table.concat({ 'conf:protocol', #id, id, identity }, ':')
local protocol = redis.call('GET', asked)

if protocol then
    redis.call('DEL', asked)
end

local answer = wanted == '1' and snapshot()
    or { 'OK', redis.call('GET', revision), redis.call('HGET', room, 'epoch') }

answer[#answer + 1] = protocol or ''

return answer
