-- ARGV: WID, "1" to prune.  Ends rooms whose time has come, a few at a time;
-- one that was closed stays closed, though its members have left.

local wid, may_prune = unpack(ARGV)
local time = string.format('%.0f', now())

for _, id in ipairs(redis.call('ZRANGEBYSCORE', ends, '-inf', time, 'LIMIT', 0,
    16))
do
    select_room(id)

    if not exists() or not may_end() then
        redis.call('ZREM', ends, id)

    elseif redis.call('HLEN', members) == 0
        and redis.call('HGET', room, 'active') == '1'
    then
        finish()

    else
        end_after(LOOK)

        if may_prune == '1' then
            prune(wid)
        end
    end
end

return { 'OK' }
