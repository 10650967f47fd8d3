-- KEYS: settings.  ARGV: the text that is expected, the new one.  Answers the
-- text that is there instead, if it is another one.

local text = redis.call('HGET', KEYS[1], 'custom_settings') or ''

if text ~= ARGV[1] then
    return { text }
end

redis.call('HSET', KEYS[1], 'custom_settings', ARGV[2])
redis.call('PUBLISH', KEYS[1], '')

return {}
