-- ARGV: WID, "1" to prune, identity ("": all of them), from when on its tokens
-- are valid ("0": they are).  Answers values of the members hash, for one
-- identity SID and value; OK alone says that it is not there.

local wid, may_prune, identity, valid = unpack(ARGV)

if not exists() then
    return { 'NOT_FOUND' }
end

if may_prune == '1' then
    prune(wid)
end

if identity == '' then
    local answer = redis.call('HVALS', members)

    table.insert(answer, 1, 'OK')

    return answer
end

local sid = redis.call('HGET', identities, identity)
local value = sid and redis.call('HGET', members, sid)

if not value then
    return { 'OK' }
end

if valid ~= '0' then
    redis.call('HSET', revoked, identity, valid)

    -- as long as anybody has had a token for, and as many as a room is large

    redis.call('EXPIRE', revoked, 604800)

    if redis.call('HLEN', revoked) > 10000 then
        redis.call('HDEL', revoked, redis.call('HRANDFIELD', revoked))
    end
end

return { 'OK', sid, value }
