-- KEYS: room, its rev, identities.  ARGV: owner, id, fields and values.
-- Answers as get.

if not has_room(KEYS[1], ARGV[1]) then
    return false
end

if #ARGV > 2 then
    redis.call('HSET', KEYS[1], unpack(ARGV, 3))
    wait_for_members(KEYS[1], ARGV[2])
    publish_room(KEYS[1], KEYS[2])
end

return { room(KEYS[1]), redis.call('HLEN', KEYS[3]) }
