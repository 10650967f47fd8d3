-- Copyright (C) the project's authors, BSD-2-Clause.
--
-- What every script of the registry begins with.  KEYS: a room, its revision,
-- its members, its identities, its revoked tokens, the prefix of workers, the
-- index of rooms, the counter that orders it, when rooms end, the settings, and
-- the stream for webhooks (rtc_keys.h).

local room, revision, members, identities, revoked, worker, rooms, sequence,
    ends = unpack(KEYS)

local prefix = 'conf:room:'
local parts = { rev = true, members = true, identities = true,
    revoked = true }

local LOOK = 60                         -- s between looks at a room in use


-- A room's name may end as the key of a part of another room does; it gets one
-- more colon then (rtc_key_room_guard()).

local function key_of(id)
    local part = string.match(id, ':(%a+):*$')

    return prefix .. id .. (part and parts[part] and ':' or '')
end


local function id_of(key)
    local id = string.sub(key, #prefix + 1)
    local part = string.match(id, ':(%a+):+$')

    return part and parts[part] and string.sub(id, 1, -2) or id
end


local function exists()
    return redis.call('TYPE', room).ok == 'hash'
        and redis.call('HEXISTS', room, 'epoch') == 1
end


-- Redis' own clock, which all hosts have in common

local function now()
    local time = redis.call('TIME')

    return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end


-- A room that may end has a time in "ends": it does then, if it is empty.
-- What is in use is looked at now and then, since its workers may be dead.

local function end_after(seconds)
    redis.call('ZADD', ends, string.format('%.0f', now() + seconds * 1000),
        id_of(room))
end


local function may_end()
    return redis.call('HEXISTS', room, 'departure_timeout') == 1
end


-- a member's value is "WID\n" and its payload

local function wid_of(value)
    return string.match(value, '^[^\n]*')
end


local function payload_of(value)
    return string.match(value, '\n(.*)$') or ''
end


-- raises the revision and tells every worker

local function publish(kind, sid, wid, payload)
    local epoch = redis.call('HGET', room, 'epoch') or '-'
    local rev = string.format('%.0f', redis.call('INCR', revision))

    redis.call('PUBLISH', room, table.concat({ epoch, rev, kind, sid, wid },
        ' ') .. '\n' .. payload)
end


local function record(kind, before, after, reason)
    record_of(room, id_of(room), redis.call('HLEN', members), kind, before,
        after, reason)
end


local function put(sid, wid, payload)
    local old = redis.call('HGET', members, sid)

    redis.call('HSET', members, sid, wid .. '\n' .. payload)
    publish('member', sid, wid, payload)

    if not old and redis.call('HLEN', members) == 1 then
        record('started', '', '', '')
    end

    record('member', old and payload_of(old) or '', payload, '')
end


local function enter(sid, wid, identity, payload)
    redis.call('HSET', identities, identity, sid)
    put(sid, wid, payload)

    if may_end() then
        end_after(LOOK)
    end
end


local function remove(sid, reason)
    local value = redis.call('HGET', members, sid)

    if not value then
        return
    end

    redis.call('HDEL', members, sid)
    publish('left', sid, wid_of(value), reason)
    record('left', payload_of(value), '', reason)

    if redis.call('HLEN', members) == 0 then
        record('finished', '', '', '')

        if may_end() then
            end_after(tonumber(redis.call('HGET', room,
                'departure_timeout')) or 0)
        end
    end
end


local function stands(sid, wid)
    local value = redis.call('HGET', members, sid)
    return value and wid_of(value) == wid
end


-- frees the identities of members that are not there

local function free_identities()
    local names = redis.call('HGETALL', identities)

    for i = 1, #names, 2 do
        if redis.call('HEXISTS', members, names[i + 1]) == 0 then
            redis.call('HDEL', identities, names[i])
        end
    end
end


-- removes the members of dead workers; the asking one lives

local function prune(asking)
    local alive = { [asking] = true }
    local found = false
    local all = redis.call('HGETALL', members)

    for i = 1, #all, 2 do
        local wid = wid_of(all[i + 1])

        if alive[wid] == nil then
            alive[wid] = redis.call('EXISTS', worker .. wid) == 1
        end

        if not alive[wid] then
            found = true
            remove(all[i], '0')
        end
    end

    if found then
        free_identities()
    end
end


-- whether the identity may come in; "replace" lets it come twice

local function refusal(identity, replace)
    if not exists() then
        return 'NOT_FOUND'
    end

    if redis.call('HGET', room, 'active') ~= '1' then
        return 'CLOSED'
    end

    if redis.call('HEXISTS', identities, identity) == 1 then
        return not replace and 'TAKEN'
    end

    local max = tonumber(redis.call('HGET', room, 'max_participants') or '')

    if max and max > 0 and redis.call('HLEN', identities) >= max then
        return 'FULL'
    end
end


-- whether somebody has a second connection besides this one, "first#..."

local function has_another(first, identity)
    local prefix = first .. '#'

    for _, name in ipairs(first ~= '' and redis.call('HKEYS', identities)
        or {})
    do
        if string.sub(name, 1, #prefix) == prefix and name ~= identity then
            return true
        end
    end

    return false
end


-- a refusal; dead workers' members take nobody's place if they may be pruned

local function admit(identity, replace, wid, may_prune)
    local refused = refusal(identity, replace)

    if may_prune and (refused == 'FULL' or refused == 'TAKEN') then
        prune(wid)
        refused = refusal(identity, replace)
    end

    return refused
end


-- whether a token of the identity from that time (Unix seconds) is void

local function is_revoked(identity, issued)
    local time = redis.call('HGET', revoked, identity)

    return time and tonumber(issued) < tonumber(time)
end


-- the answer that a replica is made from

local function snapshot()
    return { 'OK', redis.call('GET', revision) or '0',
        redis.call('HGETALL', room), redis.call('HGETALL', members) }
end
