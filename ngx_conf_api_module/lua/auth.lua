-- KEYS: user, revoked token.  Answers the generation of the user's tokens and
-- its role, or nil.

if redis.call('EXISTS', KEYS[2]) == 1 then
    return false
end

local user = redis.call('HMGET', KEYS[1], 'tokens', 'role')

return user[1] and { user[1], user[2] or '' }
