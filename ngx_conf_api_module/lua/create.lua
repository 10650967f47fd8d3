-- KEYS: room, rooms, counter of rooms.  ARGV: id, fields and values.  Answers
-- as get, or nil if the id is taken.

if redis.call('EXISTS', KEYS[1]) == 1 then
    return false
end

redis.call('HSET', KEYS[1], unpack(ARGV, 2))
redis.call('ZADD', KEYS[2], redis.call('INCR', KEYS[3]), ARGV[1])

return { room(KEYS[1]), 0 }
