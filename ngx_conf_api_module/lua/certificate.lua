-- KEYS: certificates, settings, agent, jobs, last job of the kind "keep".
-- ARGV: id of a job, time, record, names.  An agent is told to keep it for the
-- next start.

for i = 4, #ARGV do
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[3])
end

redis.call('HSET', KEYS[2], 'ssl_type', 'SSL_TYPE_CUSTOM')

if redis.call('EXISTS', KEYS[3]) == 1 and redis.call('LLEN', KEYS[4]) < 16 then
    redis.call('HSET', KEYS[5], 'id', ARGV[1], 'state', 'queued', 'message',
        '', 'time', ARGV[2])
    redis.call('RPUSH', KEYS[4], ARGV[1] .. ' keep')
end

redis.call('PUBLISH', KEYS[2], '')

return redis.call('PUBLISH', KEYS[1], '')
