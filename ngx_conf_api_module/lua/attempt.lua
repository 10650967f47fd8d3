-- KEYS: failures of address and account.  ARGV: "1" if it failed, a unique
-- name of it.  Answers seconds until another is allowed, then it did not count.

local seconds = math.max(wait(KEYS[1]), wait(KEYS[2]))

if seconds > 0 then
    return seconds
end

if ARGV[1] == '1' then
    for i = 1, 2 do
        redis.call('ZADD', KEYS[i], now, ARGV[2])
        redis.call('PEXPIRE', KEYS[i], 60000)
    end
end

return 0
