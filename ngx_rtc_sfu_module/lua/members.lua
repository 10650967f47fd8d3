-- Copyright (C) the project's authors, BSD-2-Clause.
--
-- What every script of the registry begins with.  KEYS: a room, its revision,
-- its members, its identities, and the prefix of workers (rtc_keys.h).

local room, revision, members, identities, worker = unpack(KEYS)


-- a member's value is "WID\n" and its payload

local function wid_of(value)
    return string.match(value, '^[^\n]*')
end


-- raises the revision and tells every worker

local function publish(kind, sid, wid, payload)
    local epoch = redis.call('HGET', room, 'epoch') or '-'
    local rev = string.format('%.0f', redis.call('INCR', revision))

    redis.call('PUBLISH', room, table.concat({ epoch, rev, kind, sid, wid },
        ' ') .. '\n' .. payload)
end


local function put(sid, wid, payload)
    redis.call('HSET', members, sid, wid .. '\n' .. payload)
    publish('member', sid, wid, payload)
end


local function remove(sid, reason)
    local value = redis.call('HGET', members, sid)

    if value then
        redis.call('HDEL', members, sid)
        publish('left', sid, wid_of(value), reason)
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
    if redis.call('TYPE', room).ok ~= 'hash'
        or redis.call('HEXISTS', room, 'epoch') == 0
    then
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


-- the same; dead workers' members take nobody's place if they may be pruned

local function admit(identity, replace, wid, may_prune)
    local refused = refusal(identity, replace)

    if may_prune and (refused == 'FULL' or refused == 'TAKEN') then
        prune(wid)
        refused = refusal(identity, replace)
    end

    return refused
end


-- the answer that a replica is made from

local function snapshot()
    return { 'OK', redis.call('GET', revision) or '0',
        redis.call('HGETALL', room), redis.call('HGETALL', members) }
end
