-- KEYS: settings.  ARGV: fields and values.  Answers key and secret as they
-- are then.

redis.call('HSET', KEYS[1], unpack(ARGV))
redis.call('PUBLISH', KEYS[1], '')

return redis.call('HMGET', KEYS[1], 'livekit_key', 'livekit_secret')
