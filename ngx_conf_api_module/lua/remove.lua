-- KEYS: room, its rev, members, identities, rooms, settings, webhooks.  ARGV:
-- id, owner.  Answers 0 if it is unknown.

if not has_room(KEYS[1], ARGV[2]) then
    return 0
end

publish(KEYS[1], KEYS[2], 'removed', '')
record_end(KEYS[1], ARGV[1], KEYS[3], '5')

redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
redis.call('ZREM', KEYS[5], ARGV[1])

return 1
