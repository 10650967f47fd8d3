-- KEYS: users, an import, its rooms, their index, rooms, counter of rooms,
-- settings, certificates.  ARGV: number of parts without rooms, number of
-- rooms, "1" if the document has all that is secret, id of a job.  Replaces
-- everything by what lua/stage.lua has prepared; answers the number of rooms,
-- or nil if that is not complete, or rooms have come or gone meanwhile.

local users, import, new_rooms, new_index, rooms, counter, settings,
    certificates = unpack(KEYS)
local total = tonumber(ARGV[2])

if redis.call('LLEN', import) ~= tonumber(ARGV[1])
    or redis.call('LLEN', new_rooms) ~= 3 * total
    or redis.call('ZCARD', new_index) ~= total
then
    return false
end

local parts = redis.call('LRANGE', import, 0, -1)

for i = 1, #parts do
    parts[i] = cjson.decode(parts[i])
end

-- Rooms, some hundred at a time: id, room, whether it is new.

local batches = {}

local function number_of(keys)
    return #keys > 0 and redis.call('EXISTS', unpack(keys)) or 0
end

for i = 0, 3 * total - 1, 750 do
    local batch = redis.call('LRANGE', new_rooms, i, i + 749)
    local old, new = {}, {}

    for j = 1, #batch, 3 do
        local list = batch[j + 2] == 'new' and new or old

        list[#list + 1] = key_of(batch[j])
    end

    if number_of(old) ~= #old or number_of(new) ~= 0 then
        return false
    end

    batches[#batches + 1] = batch
end

-- Which of these channels somebody listens to: hardly any, if they are many.

local patterns = redis.call('PUBSUB', 'NUMPAT') > 0

local function heard(keys)
    local answer, set = redis.call('PUBSUB', 'NUMSUB', unpack(keys)), {}

    for i = 1, #answer, 2 do
        set[answer[i]] = patterns or tonumber(answer[i + 1]) > 0
    end

    return set
end

local gone = redis.call('ZDIFF', 2, rooms, new_index)

-- Users: tokens stay valid where password and role are as they were; a user
-- who comes back gets a generation of tokens that there never was.

local known = {}
local time = redis.call('TIME')
local fresh = time[1] * 1000 + math.floor(time[2] / 1000)

for _, id in ipairs(redis.call('HVALS', users)) do
    known[id] = known[id] or redis.call('HMGET', user_key(id), 'password',
        'role', 'tokens')
end

-- Settings: a document without what is secret leaves that as it is.

local secrets = { 'livekit_key', 'livekit_secret', 'livekit_keys' }
local livekit = redis.call('HMGET', settings, unpack(secrets))

local sequence = tonumber(redis.call('GET', counter) or 0) or 0

redis.call('HLEN', certificates)
redis.call('LLEN', 'conf:agent:jobs')

-- From here on it is done: what is damaged has ended it above.  Rooms that stay
-- keep their sessions, unless they are closed.

for i = 1, #gone, 250 do
    local keys, all = {}, {}

    for j = i, math.min(i + 249, #gone) do
        local key = key_of(gone[j])

        keys[#keys + 1] = key

        for _, suffix in ipairs({ '', ':rev', ':members', ':identities' }) do
            all[#all + 1] = key .. suffix
        end
    end

    local set = heard(keys)

    for _, key in ipairs(keys) do
        if set[key] then
            publish(key, key .. ':rev', 'removed', '')
        end
    end

    redis.call('DEL', unpack(all))
end

for _, batch in ipairs(batches) do
    local changed = {}

    for i = 1, #batch, 3 do
        local key = key_of(batch[i])

        if batch[i + 1] ~= '' then
            redis.call('RESTORE', key, 0, batch[i + 1], 'REPLACE')
            wait_for_members(key, batch[i])

            if batch[i + 2] ~= 'new' then
                changed[#changed + 1] = key
            end
        end
    end

    local set = #changed > 0 and heard(changed) or {}

    for _, key in ipairs(changed) do
        if set[key] then
            publish_room(key, key .. ':rev')
        end
    end
end

redis.call('DEL', rooms)

if total > 0 then
    redis.call('RENAME', new_index, rooms)
    redis.call('PERSIST', rooms)
end

if sequence < total then
    redis.call('SET', counter, total)
end

for id in pairs(known) do
    redis.call('DEL', user_key(id))
end

redis.call('DEL', users)

local function set_user(new)
    local id, name, email, password, role, created = unpack(new)
    local old = known[id]
    local tokens = old and tonumber(old[3]) or fresh

    if old and (old[1] ~= password or old[2] ~= role) then
        tokens = tokens + 1
    end

    redis.call('HSET', user_key(id), 'name', name, 'email', email,
        'password', password, 'role', role, 'created', created,
        'tokens', string.format('%d', tokens))
    claim(id, name, email)
end

redis.call('DEL', settings)

if ARGV[3] == '1' then
    redis.call('DEL', certificates)

else
    for i, field in ipairs(secrets) do
        if livekit[i] then
            redis.call('HSET', settings, field, livekit[i])
        end
    end
end

local function set_pairs(key, list)
    for i = 1, #list, 2 do
        redis.call('HSET', key, list[i], list[i + 1])
    end
end

for _, part in ipairs(parts) do
    for _, new in ipairs(part.users or {}) do
        set_user(new)
    end

    set_pairs(settings, part.settings or {})
    set_pairs(certificates, part.certificates or {})
end

-- Webhooks that a key signs which is not there are signed by our own.

local function decoded(field)
    local known, value = pcall(cjson.decode,
        redis.call('HGET', settings, field) or '{}')

    return known and type(value) == 'table' and value or {}
end

local webhooks = decoded('webhooks')

if webhooks.api_key and not decoded('livekit_keys')[webhooks.api_key] then
    webhooks.api_key = nil

    if #webhooks.urls > 0 then
        redis.call('HSET', settings, 'webhooks', cjson.encode(webhooks))
    else
        redis.call('HDEL', settings, 'webhooks')
    end
end

redis.call('PUBLISH', settings, '')
redis.call('PUBLISH', certificates, '')
redis.call('DEL', import, new_rooms)

-- An agent makes names and certificates those of the configuration.

local function give_job(kind)
    if redis.call('EXISTS', 'conf:agent:alive') == 1
        and redis.call('LLEN', 'conf:agent:jobs') < 16
    then
        redis.call('HSET', 'conf:agent:job:' .. kind, 'id', ARGV[4],
            'state', 'queued', 'message', '', 'time', time[1])
        redis.call('RPUSH', 'conf:agent:jobs', ARGV[4] .. ' ' .. kind)
    end
end

give_job('http')

if ARGV[3] == '1' then
    give_job('keep')
end

return total
