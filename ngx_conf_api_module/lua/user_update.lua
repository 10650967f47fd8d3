-- KEYS: users, user.  ARGV: id, then as "1" and a value, or "0" and anything:
-- name, address, role, hash of the password.  Answers as user_create, nil if
-- there is no such user.

local id = ARGV[1]
local fields = { 'name', 'email', 'role', 'password' }
local old, new, set = redis.call('HMGET', KEYS[2], unpack(fields)), {}, {}

if redis.call('EXISTS', KEYS[2]) == 0 then
    return false
end

for i = 1, #fields do
    new[i] = old[i] or ''

    if ARGV[2 * i] == '1' then
        new[i] = ARGV[2 * i + 1]
        set[#set + 1] = fields[i]
        set[#set + 1] = new[i]
    end
end

if is_taken(new[1], id) then
    return 1
end

if is_taken(new[2], id) then
    return 2
end

if new[3] ~= 'admin' and is_last_admin(id) then
    return 4
end

if #set == 0 then
    return user(id)
end

release(id)
claim(id, new[1], new[2])

redis.call('HSET', KEYS[2], unpack(set))

if new[3] ~= old[3] or new[4] ~= old[4] then
    redis.call('HINCRBY', KEYS[2], 'tokens', 1)
end

return user(id)
