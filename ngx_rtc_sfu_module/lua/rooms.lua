-- Copyright (C) the project's authors, BSD-2-Clause.
--
-- Rooms themselves, as the server API and tokens make and change them; what is
-- in members.lua comes before.

-- the installation's admin, whose rooms these are

local function is_admin(id)
    return redis.call('HGET', 'conf:user:' .. id, 'role') == 'admin'
end


local function owner()
    local admin = redis.call('HGET', 'conf:users', 'admin')

    if admin and is_admin(admin) then
        return admin
    end

    local ids = redis.call('HVALS', 'conf:users')

    table.sort(ids)

    for _, id in ipairs(ids) do
        if is_admin(id) then
            return id
        end
    end

    return ''
end


-- what is not said, "" or "0", has a default

local function make(epoch, metadata, empty, departure, max)
    local id = id_of(room)

    empty = empty == '0' and '300' or empty
    departure = departure == '0' and '20' or departure

    redis.call('DEL', revision, members, identities)
    redis.call('HSET', room, 'name', id, 'user_id', owner(), 'epoch', epoch,
        'mediaType', 'MEDIA_TYPE_VIDEO_AUDIO', 'active', '1',
        'max_participants', max, 'metadata', metadata,
        'empty_timeout', empty, 'departure_timeout', departure,
        'created', redis.call('TIME')[1])
    redis.call('ZADD', rooms, redis.call('INCR', sequence), id)

    end_after(tonumber(empty))
end


-- whatever is not a room under its key

local function is_free()
    return redis.call('EXISTS', room) == 0
end


local function publish_settings()
    local all, hash = redis.call('HGETALL', room), {}

    for i = 1, #all, 2 do
        hash[all[i]] = all[i + 1]
    end

    publish('room', '-', '-', cjson.encode(hash))
end


local function finish()
    publish('removed', '-', '-', '')
    record_end(room, id_of(room), members, '5')

    redis.call('DEL', room, revision, members, identities)
    redis.call('ZREM', rooms, id_of(room))
    redis.call('ZREM', ends, id_of(room))
end


-- what is behind the info of a Member message, whose first field that is: it
-- begins with whether it is hidden, and ends with whether it publishes

local function flags(value)
    local at = string.find(value, '\n', 1, true) + 1

    if string.byte(value, at) ~= 10 then
        return ''
    end

    local length, shift, byte = 0, 1

    repeat
        at = at + 1
        byte = string.byte(value, at) or 0
        length = length + byte % 128 * shift
        shift = shift * 128
    until byte < 128

    return string.sub(value, at + 1 + length)
end


-- id, settings, and how many are there and publish, but for who is hidden

local function describe()
    local n, publishers = 0, 0

    for _, value in ipairs(redis.call('HVALS', members)) do
        local said = flags(value)

        if string.sub(said, 1, 2) ~= '\16\1' then
            n = n + 1

            if string.sub(said, -2) == '\32\1' then
                publishers = publishers + 1
            end
        end
    end

    return { id_of(room), redis.call('HGETALL', room), n, publishers }
end


local function select_room(id)
    room = key_of(id)
    revision = room .. ':rev'
    members = room .. ':members'
    identities = room .. ':identities'
    revoked = room .. ':revoked'
end
