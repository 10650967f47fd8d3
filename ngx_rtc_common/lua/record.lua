-- Copyright (C) the project's authors, BSD-2-Clause.
--
-- What webhooks are made of: changes of members, while somebody wants to hear
-- of them.  The last two KEYS are the settings and the stream.  What fails here
-- fails alone.

local settings, changes = KEYS[#KEYS - 1], KEYS[#KEYS]
local most = 20000                      -- that wait

local room_fields = { 'epoch', 'created', 'max_participants', 'empty_timeout',
    'departure_timeout', 'metadata', 'webhook_url' }


local function record_of(room, id, participants, kind, before, after, reason)
    local values = redis.call('HMGET', room, unpack(room_fields))

    if (values[7] or '') == ''
        and redis.call('HEXISTS', settings, 'webhooks') == 0
    then
        return
    end

    local length = redis.pcall('XLEN', changes)

    if type(length) ~= 'number' then
        return
    end

    if length >= most then
        redis.pcall('INCR', changes .. ':dropped')
        return
    end

    local entry = { 'kind', kind, 'room', id, 'participants', participants,
        'before', before, 'after', after, 'reason', reason }

    for i, field in ipairs(room_fields) do
        entry[#entry + 1] = field
        entry[#entry + 1] = values[i] or ''
    end

    redis.pcall('XADD', changes, '*', unpack(entry))
    redis.pcall('PUBLISH', changes, '')
end


-- the room is about to be removed, with whom is there

local function record_end(room, id, members, reason)
    local values = redis.call('HVALS', members)

    for i, value in ipairs(values) do
        record_of(room, id, #values - i, 'left',
            string.match(value, '\n(.*)$') or '', '', reason)
    end

    if #values > 0 then
        record_of(room, id, 0, 'finished', '', '', reason)
    end
end
