-- KEYS: settings, agent, certificates, DNS, then jobs.  ARGV: fields that are
-- host names.  Answers settings, agent, jobs, and certificate and DNS of each
-- name.

local jobs, names = {}, {}

for i = 5, #KEYS do
    jobs[#jobs + 1] = redis.call('HMGET', KEYS[i], 'id', 'state', 'message',
        'time')
end

for _, name in ipairs(redis.call('HMGET', KEYS[1], unpack(ARGV))) do
    names[#names + 1] = name and { redis.call('HGET', KEYS[3], name),
        redis.call('HGET', KEYS[4], name) }
end

return { redis.call('HGETALL', KEYS[1]), redis.call('GET', KEYS[2]), jobs,
    names }
