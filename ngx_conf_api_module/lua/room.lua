-- Fields of a room in the order of rtc_room_field_e; answers have the first 13.

local fields = { 'name', 'user_id', 'mediaType', 'max_participants', 'active',
    'allow_webinar_mode', 'allow_chat', 'allow_share_screen', 'record',
    'record_mode', 'webhook_url', 'created', 'extended', 'metadata',
    'empty_timeout', 'departure_timeout' }

local function room(key, whole)
    return redis.call('HMGET', key, unpack(fields, 1, whole and #fields or 13))
end

-- rtc_key_room_guard()

local guarded = { rev = true, members = true, identities = true,
    revoked = true }

local function key_of(id)
    local part = string.match(id, ':(%a+):*$')

    return 'conf:room:' .. id .. (part and guarded[part] and ':' or '')
end

-- Whether it is there, for its owner if that is not ''.

local function has_room(key, owner)
    if owner ~= '' then
        return redis.call('HGET', key, 'user_id') == owner
    end

    return redis.call('EXISTS', key) == 1
end
