-- Fields of a room in the order of rtc_room_field_e.

local fields = { 'name', 'user_id', 'mediaType', 'max_participants', 'active',
    'allow_webinar_mode', 'allow_chat', 'allow_share_screen', 'record',
    'record_mode', 'webhook_url', 'created', 'extended' }

local function room(key)
    return redis.call('HMGET', key, unpack(fields))
end

-- Whether it is there, for its owner if that is not ''.

local function has_room(key, owner)
    if owner ~= '' then
        return redis.call('HGET', key, 'user_id') == owner
    end

    return redis.call('EXISTS', key) == 1
end
