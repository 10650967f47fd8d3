-- KEYS[1]: users.

local function user_key(id)
    return 'conf:user:' .. id
end

local function user(id)
    return { id, redis.call('HMGET', user_key(id), 'name', 'email', 'role',
        'created') }
end

local function is_admin(id)
    return redis.call('HGET', user_key(id), 'role') == 'admin'
end

local function is_last_admin(id)
    if not is_admin(id) then
        return false
    end

    for _, other in ipairs(redis.call('HVALS', KEYS[1])) do
        if other ~= id and is_admin(other) then
            return false
        end
    end

    return true
end

-- A name and an address are the same to people who sign in.

local function is_taken(text, id)
    local owner = text ~= ''
        and redis.call('HGET', KEYS[1], string.lower(text))

    return owner and owner ~= id
end

local function claim(id, ...)
    for _, text in ipairs({ ... }) do
        if text ~= '' then
            redis.call('HSET', KEYS[1], string.lower(text), id)
        end
    end
end

local function release(id)
    local all = redis.call('HGETALL', KEYS[1])

    for i = 1, #all, 2 do
        if all[i + 1] == id then
            redis.call('HDEL', KEYS[1], all[i])
        end
    end
end
