-- KEYS: settings.  ARGV: webhooks as text, a key that has to be one of the
-- ring, or "".  Answers 1 if it is, else nothing is changed.

if ARGV[2] ~= '' then
    local known, ring = pcall(cjson.decode,
        redis.call('HGET', KEYS[1], 'livekit_keys') or '{}')

    if not known or type(ring) ~= 'table' or not ring[ARGV[2]] then
        return 0
    end
end

redis.call('HSET', KEYS[1], 'webhooks', ARGV[1])
redis.call('PUBLISH', KEYS[1], '')

return 1
