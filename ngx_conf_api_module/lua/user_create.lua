-- KEYS: users, user.  ARGV: id, most that there may be, name, address, hash of
-- the password, role, time.  Answers id and fields, or why not (see
-- ngx_conf_api_users.c), or nil if the id is taken.

local id, max, name, email, password, role, created = unpack(ARGV)

if redis.call('EXISTS', KEYS[2]) == 1 then
    return false
end

if is_taken(name, id) then
    return 1
end

if is_taken(email, id) then
    return 2
end

if redis.call('HLEN', KEYS[1]) >= tonumber(max) then
    return 3
end

claim(id, name, email)

redis.call('HSET', KEYS[2], 'name', name, 'email', email, 'password', password,
    'role', role, 'tokens', '0', 'created', created)

return user(id)
