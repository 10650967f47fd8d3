-- ARGV: metadata.  Answers the description.

if not exists() then
    return { 'NOT_FOUND' }
end

redis.call('HSET', room, 'metadata', ARGV[1])
publish_settings()

return { 'OK', describe() }
