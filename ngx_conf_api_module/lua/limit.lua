-- Seconds until another attempt is allowed, 0: now.

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local function wait(key)
    redis.call('ZREMRANGEBYSCORE', key, '-inf', now - 60000)

    if redis.call('ZCARD', key) < 10 then
        return 0
    end

    local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')

    return math.max(1, math.ceil((first[2] + 60000 - now) / 1000))
end
