-- KEYS: user.  ARGV: generation of its tokens that was seen, hash of a new
-- password or ''.  Voids all tokens; answers their new generation, or nil if
-- the user has changed or gone.

if redis.call('HGET', KEYS[1], 'tokens') ~= ARGV[1] then
    return false
end

if ARGV[2] ~= '' then
    redis.call('HSET', KEYS[1], 'password', ARGV[2])
end

return redis.call('HINCRBY', KEYS[1], 'tokens', 1)
