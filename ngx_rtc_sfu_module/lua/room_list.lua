-- ARGV: names as a JSON array ("": all), the score to begin below, how many to
-- look at.  Answers the score to go on with ("" at the end) and descriptions.

local names, max, count = unpack(ARGV)
local answer = { 'OK', '' }
local ids = {}

if names ~= '' then
    ids = cjson.decode(names)

else
    local found = redis.call('ZREVRANGEBYSCORE', rooms, max, '-inf',
        'WITHSCORES', 'LIMIT', 0, count)

    for i = 1, #found, 2 do
        ids[#ids + 1] = found[i]
    end

    if #ids == tonumber(count) then
        answer[2] = '(' .. found[#found]
    end
end

for _, id in ipairs(ids) do
    select_room(id)

    if exists() then
        answer[#answer + 1] = describe()
    end
end

return answer
