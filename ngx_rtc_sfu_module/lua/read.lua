-- No ARGV.  Answers the snapshot or NOT_FOUND.

if redis.call('TYPE', room).ok ~= 'hash'
    or redis.call('HEXISTS', room, 'epoch') == 0
then
    return { 'NOT_FOUND' }
end

return snapshot()
