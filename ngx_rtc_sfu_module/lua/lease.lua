-- KEYS: the owner of webhooks.  ARGV: WID, milliseconds; "0": gives it back.
-- Answers whether it is the asking worker.

local owner = redis.call('GET', KEYS[1])

if owner and owner ~= ARGV[1] then
    return 0
end

if ARGV[2] == '0' then
    redis.call('DEL', KEYS[1])
    return 0
end

redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])

return 1
