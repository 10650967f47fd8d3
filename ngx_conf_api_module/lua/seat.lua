-- KEYS: room, identities.  ARGV: identity.  Answers as get, and whether it is
-- there.

if not has_room(KEYS[1], '') then
    return false
end

return { room(KEYS[1]), redis.call('HLEN', KEYS[2]),
    redis.call('HEXISTS', KEYS[2], ARGV[1]) }
