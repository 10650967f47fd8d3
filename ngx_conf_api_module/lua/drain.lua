-- Copyright (C) the project's authors, BSD-2-Clause.
--
-- KEYS: the channel, the host's key.  ARGV: its value, or "" to end it.

if ARGV[1] == '' then
    redis.call('DEL', KEYS[2])
else
    redis.call('SET', KEYS[2], ARGV[1])
end

redis.call('PUBLISH', KEYS[1], '')

return 'OK'
