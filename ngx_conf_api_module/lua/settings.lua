-- KEYS: settings, agent, jobs, last job of the kind.  ARGV: kind or "", id,
-- time, then fields and values, an empty one removes its field.  Answers an
-- ngx_conf_api_change_e.

local kind, id, now = unpack(ARGV)
local agent = redis.call('EXISTS', KEYS[2])
local job = kind ~= '' and agent == 1

if kind == 'letsencrypt' then
    local names = 0

    for _, name in ipairs({ 'domain_name', 'webrtc_domain_name',
        'streaming_domain_name', 'turn_domain_name' })
    do
        names = names + redis.call('HEXISTS', KEYS[1], name)
    end

    if names == 0 then
        return 3
    end
end

if job and redis.call('LLEN', KEYS[3]) >= 16 then
    return 2
end

for i = 4, #ARGV, 2 do
    if ARGV[i + 1] == '' then
        redis.call('HDEL', KEYS[1], ARGV[i])
    else
        redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
    end
end

if job then
    redis.call('HSET', KEYS[4], 'id', id, 'state', 'queued', 'message', '',
        'time', now)
    redis.call('RPUSH', KEYS[3], id .. ' ' .. kind)
end

if #ARGV > 3 then
    redis.call('PUBLISH', KEYS[1], '')
end

return agent
