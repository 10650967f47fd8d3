-- KEYS: an import, its rooms, their index.  ARGV: a part of the document,
-- number of all rooms, random digits.  Prepares what lua/import.lua puts in
-- place, so that nobody has to wait for it; answers the number of rooms so
-- far.

local import, rooms, index = unpack(KEYS)
local part = cjson.decode(ARGV[1])
local temporary = import .. ':room'

-- What the room will be, or '' if it is that already; whether it is "new".

local function prepare(new)
    local key = key_of(new[1])
    local all, hash, changed = redis.call('HGETALL', key), {}, false

    for i = 1, #all, 2 do
        hash[all[i]] = all[i + 1]
    end

    for i, field in ipairs(fields) do
        local value = new[i + 1]

        if i > 13 and value == '' then
            value = nil
        end

        changed = changed or hash[field] ~= value
        hash[field] = value
    end

    if not changed then
        return '', ''
    end

    local list = {}

    hash.epoch = hash.epoch
        or string.sub(redis.sha1hex(ARGV[3] .. new[1]), 1, 16)

    for field, value in pairs(hash) do
        list[#list + 1] = field
        list[#list + 1] = value
    end

    redis.call('HSET', temporary, unpack(list))

    local room = redis.call('DUMP', temporary)

    redis.call('DEL', temporary)

    return room, #all == 0 and 'new' or ''
end

local function stage(new)
    redis.call('RPUSH', rooms, new[1], prepare(new))
    redis.call('ZADD', index, ARGV[2] - redis.call('ZCARD', index), new[1])
end

if part.rooms then
    for _, new in ipairs(part.rooms) do
        stage(new)
    end
else
    redis.call('RPUSH', import, ARGV[1])
end

for _, key in ipairs(KEYS) do
    redis.call('EXPIRE', key, 60)
end

return redis.call('ZCARD', index)
