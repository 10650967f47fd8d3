-- ARGV: names as a JSON array ("": all), the score to begin below, how many to
-- look at, after how many members it is enough.  Answers where to go on ("" at
-- the end): the score, or how many of the names were looked at; and
-- descriptions.

local names, max, count, enough = unpack(ARGV)
local answer = { 'OK', '' }
local ids, next_ones = {}, {}
local looked = 0

if names ~= '' then
    ids = cjson.decode(names)

else
    local found = redis.call('ZREVRANGEBYSCORE', rooms, max, '-inf',
        'WITHSCORES', 'LIMIT', 0, count)

    for i = 1, #found, 2 do
        ids[#ids + 1] = found[i]
        next_ones[#ids] = '(' .. found[i + 1]
    end

    if #ids == tonumber(count) then
        answer[2] = '(' .. found[#found]
    end
end

for i, id in ipairs(ids) do
    select_room(id)

    if exists() then
        looked = looked + redis.call('HLEN', members)
        answer[#answer + 1] = describe()
    end

    if looked >= tonumber(enough) and i < #ids then
        answer[2] = next_ones[i] or tostring(i)
        break
    end
end

return answer
