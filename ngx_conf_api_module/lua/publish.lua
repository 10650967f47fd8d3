-- Raises the room's counter and publishes the change.

local function publish(key, rev, kind, payload)
    local epoch = redis.call('HGET', key, 'epoch') or '-'

    redis.call('PUBLISH', key, epoch .. ' ' .. redis.call('INCR', rev)
        .. ' ' .. kind .. ' - -\n' .. payload)
end

-- a room that ends by itself has another empty_timeout from now on

local function wait_for_members(key, id)
    local seconds = tonumber(redis.call('HGET', key, 'empty_timeout') or '')

    if seconds and redis.call('HEXISTS', key, 'departure_timeout') == 1 then
        redis.call('ZADD', 'conf:rooms:ends', string.format('%.0f',
            (redis.call('TIME')[1] + seconds) * 1000), id)
    end
end

local function publish_room(key, rev)
    local all, hash = redis.call('HGETALL', key), {}

    for i = 1, #all, 2 do
        hash[all[i]] = all[i + 1]
    end

    publish(key, rev, 'room', cjson.encode(hash))
end
