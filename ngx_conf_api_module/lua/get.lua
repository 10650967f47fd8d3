-- KEYS: room, identities.  ARGV: owner.  Answers the room and the number
-- present, or nil.

if not has_room(KEYS[1], ARGV[1]) then
    return false
end

return { room(KEYS[1]), redis.call('HLEN', KEYS[2]) }
