-- Copyright (C) the project's authors, BSD-2-Clause.
--
-- What webhooks are made of: changes of members, while somebody wants to hear
-- of them.  The last two KEYS are the settings and the stream.  What fails here
-- fails alone.

local settings, changes = KEYS[#KEYS - 1], KEYS[#KEYS]
local most, most_bytes = 20000, 67108864        -- that wait
local largest = 1048576                         -- bytes of one

local room_fields = { 'epoch', 'created', 'max_participants', 'empty_timeout',
    'departure_timeout', 'metadata', 'webhook_url' }


local function varint(text, at)
    local value, scale, byte = 0, 1

    repeat
        byte = string.byte(text, at) or 0
        value = value + byte % 128 * scale
        scale = scale * 128
        at = at + 1
    until byte < 128

    return value, at
end


-- the fields of a message that are numbers or bytes: { number, value }

local function fields_of(text)
    local list, at = {}, 1

    while at <= #text do
        local key, value

        key, at = varint(text, at)
        value, at = varint(text, at)

        if key % 8 == 2 then
            value, at = string.sub(text, at, at + value - 1), at + value

        elseif key % 8 ~= 0 then
            break
        end

        list[#list + 1] = { math.floor(key / 8), value }
    end

    return list
end


local function field_of(text, number)
    for _, field in ipairs(fields_of(text)) do
        if field[1] == number then
            return field[2]
        end
    end

    return ''
end


-- What events are made of: the state and the tracks of a Member message's info
-- (Member 1, ParticipantInfo 3 and 4, TrackInfo 1)

local function gist(member)
    local parts = { '' }

    for _, field in ipairs(fields_of(field_of(member, 1))) do
        if field[1] == 3 then
            parts[1] = field[2]

        elseif field[1] == 4 then
            parts[#parts + 1] = field_of(field[2], 1)
        end
    end

    return table.concat(parts, '\n')
end


local function record_of(room, id, participants, kind, before, after, reason)
    local values = redis.call('HMGET', room, unpack(room_fields))

    if (values[7] or '') == ''
        and redis.call('HEXISTS', settings, 'webhooks') == 0
    then
        return
    end

    if kind == 'member' and before ~= '' and gist(before) == gist(after) then
        return
    end

    local length = redis.pcall('XLEN', changes)

    if type(length) ~= 'number' then
        return
    end

    local entry = { 'kind', kind, 'room', id, 'participants', participants,
        'before', before, 'after', after, 'reason', reason }

    for i, field in ipairs(room_fields) do
        entry[#entry + 1] = field
        entry[#entry + 1] = values[i] or ''
    end

    local bytes = #table.concat(entry)
    local waiting = length > 0
        and tonumber(redis.pcall('GET', changes .. ':bytes')) or 0

    if length >= most or bytes > largest or waiting + bytes > most_bytes then
        redis.pcall('INCR', changes .. ':dropped')
        return
    end

    redis.pcall('SET', changes .. ':bytes', string.format('%.0f',
        waiting + bytes))
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
