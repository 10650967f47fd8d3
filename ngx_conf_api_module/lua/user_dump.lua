-- KEYS: users.  Answers id, name, address, hash, role and time of each user.

local users, seen = {}, {}

for _, id in ipairs(redis.call('HVALS', KEYS[1])) do
    if not seen[id] then
        seen[id] = true
        users[#users + 1] = { id, redis.call('HMGET', user_key(id), 'name',
            'email', 'password', 'role', 'created') }
    end
end

table.sort(users, function(a, b) return a[1] < b[1] end)

return users
