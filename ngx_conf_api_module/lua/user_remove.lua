-- KEYS: users, user.  ARGV: id.  Answers 0, or why not, or nil if there is no
-- such user.

if redis.call('EXISTS', KEYS[2]) == 0 then
    return false
end

if is_last_admin(ARGV[1]) then
    return 4
end

release(ARGV[1])
redis.call('DEL', KEYS[2])

return 0
