-- KEYS: rooms.  ARGV: highest score, how many to skip, how many to look at,
-- text to search for in lower case, owner, "1" for whole rooms.  Answers the
-- score to go on with ("" at the end), then id, room and number present of each
-- that matches.

local max, skip, count, search, owner, whole = unpack(ARGV)

local ids = redis.call('ZREVRANGEBYSCORE', KEYS[1], max, '-inf', 'WITHSCORES',
    'LIMIT', skip, count)
local answer = { '' }

if #ids == count * 2 then
    answer[1] = '(' .. ids[#ids]
end

local function matches(id, found)
    return found[1] and (search == '' or id == search
        or string.find(string.lower(found[1]), search, 1, true))
end

local bytes = 0                         -- of metadata, if they are whole

for i = 1, #ids, 2 do
    if bytes > 1048576 then
        answer[1] = '(' .. ids[i - 1]
        break
    end

    local key = key_of(ids[i])

    if owner == '' or has_room(key, owner) then
        local found = room(key, whole == '1')

        if matches(ids[i], found) then
            answer[#answer + 1] = ids[i]
            answer[#answer + 1] = found
            answer[#answer + 1] = redis.call('HLEN', key .. ':identities')
            bytes = bytes + #(found[14] or '')
        end
    end
end

return answer
