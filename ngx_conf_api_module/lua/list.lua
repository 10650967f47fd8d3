-- KEYS: rooms.  ARGV: highest score, how many to skip, how many to look at,
-- text to search for in lower case, owner.  Answers the score to go on with
-- ("" at the end), then id, room and number present of each that matches.

local max, skip, count, search, owner = unpack(ARGV)

local ids = redis.call('ZREVRANGEBYSCORE', KEYS[1], max, '-inf', 'WITHSCORES',
    'LIMIT', skip, count)
local answer = { '' }

if #ids == count * 2 then
    answer[1] = '(' .. ids[#ids]
end

-- rtc_key_room_guard()

local parts = { rev = true, members = true, identities = true,
    revoked = true }

local function key_of(id)
    local part = string.match(id, ':(%a+):*$')

    return 'conf:room:' .. id .. (part and parts[part] and ':' or '')
end

local function matches(id, found)
    return found[1] and (search == '' or id == search
        or string.find(string.lower(found[1]), search, 1, true))
end

for i = 1, #ids, 2 do
    local key = key_of(ids[i])

    if owner == '' or has_room(key, owner) then
        local found = room(key)

        if matches(ids[i], found) then
            answer[#answer + 1] = ids[i]
            answer[#answer + 1] = found
            answer[#answer + 1] = redis.call('HLEN', key .. ':identities')
        end
    end
end

return answer
