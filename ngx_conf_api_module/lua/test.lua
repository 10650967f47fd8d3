-- KEYS: room, identities.  ARGV: fields and values.  Answers the number
-- present.

if redis.call('EXISTS', KEYS[1]) == 0 then
    redis.call('HSET', KEYS[1], unpack(ARGV))
end

return redis.call('HLEN', KEYS[2])
