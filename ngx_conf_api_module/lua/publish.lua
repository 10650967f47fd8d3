-- Raises the room's counter and publishes the change.

local function publish(key, rev, kind, payload)
    local epoch = redis.call('HGET', key, 'epoch') or '-'

    redis.call('PUBLISH', key, epoch .. ' ' .. redis.call('INCR', rev)
        .. ' ' .. kind .. ' - -\n' .. payload)
end

local function publish_room(key, rev)
    local all, hash = redis.call('HGETALL', key), {}

    for i = 1, #all, 2 do
        hash[all[i]] = all[i + 1]
    end

    publish(key, rev, 'room', cjson.encode(hash))
end
