-- KEYS: users.  Answers id and fields of each user, by their ids.

local ids, seen = {}, {}

for _, id in ipairs(redis.call('HVALS', KEYS[1])) do
    if not seen[id] then
        seen[id] = true
        ids[#ids + 1] = id
    end
end

table.sort(ids)

for i = 1, #ids do
    ids[i] = user(ids[i])
end

return ids
