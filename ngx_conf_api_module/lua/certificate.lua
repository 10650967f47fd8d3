-- KEYS: certificates, settings, jobs.  ARGV: id of a job, record, names.
-- An agent is told to keep it for the next start.

for i = 3, #ARGV do
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[2])
end

redis.call('HSET', KEYS[2], 'ssl_type', 'SSL_TYPE_CUSTOM')

if redis.call('EXISTS', 'conf:agent:alive') == 1
    and redis.call('LLEN', KEYS[3]) < 16
then
    redis.call('RPUSH', KEYS[3], ARGV[1] .. ' keep')
end

redis.call('PUBLISH', KEYS[2], '')

return redis.call('PUBLISH', KEYS[1], '')
