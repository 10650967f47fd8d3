-- ARGV: what make() takes.  Changes a room that is there already; it ends only
-- if it was made here.  Answers its description.

local epoch, metadata, empty, departure, max = unpack(ARGV)
local changed = false

local function set(name, value, default)
    if value ~= default then
        redis.call('HSET', room, name, value)
        changed = true
    end
end

if is_free() then
    make(unpack(ARGV))
    return { 'OK', describe() }
end

if not exists() then
    return { 'NOT_FOUND' }
end

set('metadata', metadata, '')
set('max_participants', max, '0')

if may_end() then
    set('empty_timeout', empty, '0')
    set('departure_timeout', departure, '0')
end

if changed then
    publish_settings()
end

return { 'OK', describe() }
