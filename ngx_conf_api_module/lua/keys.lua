-- KEYS: settings.  ARGV: what to do (own, create, rotate, remove), a key, and
-- unless it is to be removed its secret, label and time.  Answers key, secret
-- and ring as they are then, or an ngx_conf_api_keys_e.

local what, key, secret, label, created = unpack(ARGV)

local function ring_of(text)
    local known, ring = pcall(cjson.decode, text or '{}')

    return known and type(ring) == 'table' and ring or {}
end

-- A damaged one has no valid keys.

local ring = ring_of(redis.call('HGET', KEYS[1], 'livekit_keys'))
local old = ring[key]
local number = 0

for _ in pairs(ring) do
    number = number + 1
end

if what == 'own' then
    redis.call('HSET', KEYS[1], 'livekit_key', key, 'livekit_secret', secret)

elseif what == 'create' then
    if old or number >= 32 then
        return 2
    end

    ring[key] = { secret = secret, label = label,
        created = tonumber(created) }

elseif type(old) ~= 'table' then
    return 1

elseif what == 'rotate' then
    old.secret = secret

else
    local webhooks = ring_of(redis.call('HGET', KEYS[1], 'webhooks'))

    if webhooks.api_key == key then
        return 3
    end

    ring[key] = nil
end

if what ~= 'own' then
    if next(ring) then
        redis.call('HSET', KEYS[1], 'livekit_keys', cjson.encode(ring))
    else
        redis.call('HDEL', KEYS[1], 'livekit_keys')
    end
end

redis.call('PUBLISH', KEYS[1], '')

return redis.call('HMGET', KEYS[1], 'livekit_key', 'livekit_secret',
    'livekit_keys')
