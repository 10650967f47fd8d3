-- KEYS: the stream for webhooks.  ARGV: id of an entry.  Deletes it, and counts
-- what waits no more (record.lua).

local entry = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])[1]

if not entry then
    return 0
end

redis.call('XDEL', KEYS[1], ARGV[1])

local waiting = tonumber(redis.call('GET', KEYS[1] .. ':bytes')) or 0

redis.call('SET', KEYS[1] .. ':bytes', string.format('%.0f',
    math.max(0, waiting - #table.concat(entry[2]))))

return 1
