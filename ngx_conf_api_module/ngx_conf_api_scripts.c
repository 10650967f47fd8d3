
/*
 * Copyright (C) the project's authors, BSD-2-Clause.
 *
 * What is atomic in Redis.  Keys and events are described in rtc_keys.h; the
 * fields of a room come in the order of ngx_conf_api_room_field_e.
 */


#include "ngx_conf_api.h"
#include "rtc_keys.h"


#define NGX_CONF_API_LUA_ROOM                                                 \
    "local function room(key) return redis.call('HMGET', key, 'name', "       \
    "'user_id', 'mediaType', 'max_participants', 'active', "                  \
    "'allow_webinar_mode', 'allow_chat', 'allow_share_screen', 'record', "    \
    "'record_mode', 'created', 'extended') end\n"

/* seconds until another attempt is allowed, 0: now */

#define NGX_CONF_API_LUA_LIMIT                                                \
    "local time = redis.call('TIME')\n"                                       \
    "local now = time[1] * 1000 + math.floor(time[2] / 1000)\n"               \
    "local function wait(key)\n"                                              \
    "    redis.call('ZREMRANGEBYSCORE', key, '-inf', now - 60000)\n"          \
    "    if redis.call('ZCARD', key) < 10 then return 0 end\n"                \
    "    local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')\n"       \
    "    return math.max(1, math.ceil((first[2] + 60000 - now) / 1000))\n"    \
    "end\n"

/* raises the room's counter and publishes the change */

#define NGX_CONF_API_LUA_PUBLISH                                              \
    "local function publish(key, rev, kind, payload)\n"                       \
    "    local epoch = redis.call('HGET', key, 'epoch') or '-'\n"             \
    "    redis.call('PUBLISH', key, epoch .. ' ' .. redis.call('INCR', rev)"  \
    " .. ' ' .. kind .. ' - -\\n' .. payload)\n"                              \
    "end\n"


static const ngx_str_t  ngx_conf_api_scripts[] = {

    /* auth: user, revoked token; the generation of the user's tokens */

    ngx_string(
        "if redis.call('EXISTS', KEYS[2]) == 1 then return false end\n"
        "return redis.call('HGET', KEYS[1], 'tokens')\n"),

    /*
     * login: users, failures of the address; name, prefix of the keys of
     * accounts; see ngx_conf_api_login_user()
     */

    ngx_string(
        NGX_CONF_API_LUA_LIMIT
        "local id = redis.call('HGET', KEYS[1], ARGV[1])\n"
        "local account = ARGV[2] .. (id or ARGV[1])\n"
        "local user = { '', '0' }\n"
        "if id then\n"
        "    user = redis.call('HMGET', '" RTC_KEY_USER "' .. id, "
        "'password', 'tokens')\n"
        "end\n"
        "return { math.max(wait(KEYS[2]), wait(account)), id or '', "
        "user[1] or '', user[2] or '0', account }\n"),

    /*
     * attempt: failures of address and account; "1" if it failed, a unique
     * name of it; seconds until another is allowed, then it did not count
     */

    ngx_string(
        NGX_CONF_API_LUA_LIMIT
        "local seconds = math.max(wait(KEYS[1]), wait(KEYS[2]))\n"
        "if seconds > 0 then return seconds end\n"
        "if ARGV[1] == '1' then\n"
        "    for i = 1, 2 do\n"
        "        redis.call('ZADD', KEYS[i], now, ARGV[2])\n"
        "        redis.call('PEXPIRE', KEYS[i], 60000)\n"
        "    end\n"
        "end\n"
        "return 0\n"),

    /*
     * create: room, rooms, counter of rooms; id, fields and values; false: the
     * id is taken, else as get
     */

    ngx_string(
        NGX_CONF_API_LUA_ROOM
        "if redis.call('EXISTS', KEYS[1]) == 1 then return false end\n"
        "redis.call('HSET', KEYS[1], unpack(ARGV, 2))\n"
        "redis.call('ZADD', KEYS[2], redis.call('INCR', KEYS[3]), ARGV[1])\n"
        "return { room(KEYS[1]), 0 }\n"),

    /*
     * update: room, its rev, identities; fields and values; as get
     */

    ngx_string(
        NGX_CONF_API_LUA_ROOM
        NGX_CONF_API_LUA_PUBLISH
        "if redis.call('EXISTS', KEYS[1]) == 0 then return false end\n"
        "if #ARGV > 0 then\n"
        "    redis.call('HSET', KEYS[1], unpack(ARGV))\n"
        "    local all, hash = redis.call('HGETALL', KEYS[1]), {}\n"
        "    for i = 1, #all, 2 do hash[all[i]] = all[i + 1] end\n"
        "    publish(KEYS[1], KEYS[2], 'room', cjson.encode(hash))\n"
        "end\n"
        "return { room(KEYS[1]), redis.call('HLEN', KEYS[3]) }\n"),

    /* remove: room, its rev, members, identities, rooms; id; 0: unknown */

    ngx_string(
        NGX_CONF_API_LUA_PUBLISH
        "if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end\n"
        "publish(KEYS[1], KEYS[2], 'removed', '')\n"
        "redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4])\n"
        "redis.call('ZREM', KEYS[5], ARGV[1])\n"
        "return 1\n"),

    /*
     * get: room, identities; false: unknown, else the room and the number
     * present
     */

    ngx_string(
        NGX_CONF_API_LUA_ROOM
        "if redis.call('EXISTS', KEYS[1]) == 0 then return false end\n"
        "return { room(KEYS[1]), redis.call('HLEN', KEYS[2]) }\n"),

    /*
     * list: rooms; highest score, how many to skip, how many to look at, text
     * to search for in lower case; the score to go on with ("" at the end),
     * then id, room, and number present of each that matches
     */

    ngx_string(
        NGX_CONF_API_LUA_ROOM
        "local ids = redis.call('ZREVRANGEBYSCORE', KEYS[1], ARGV[1], '-inf', "
        "'WITHSCORES', 'LIMIT', ARGV[2], ARGV[3])\n"
        "local answer = { '' }\n"
        "if #ids == ARGV[3] * 2 then answer[1] = '(' .. ids[#ids] end\n"
        "for i = 1, #ids, 2 do\n"
        "    local key = '" RTC_KEY_ROOM "' .. ids[i]\n"
        "    local found = room(key)\n"
        "    if found[1] and (ARGV[4] == '' or ids[i] == ARGV[4]\n"
        "        or string.find(string.lower(found[1]), ARGV[4], 1, true))\n"
        "    then\n"
        "        answer[#answer + 1] = ids[i]\n"
        "        answer[#answer + 1] = found\n"
        "        answer[#answer + 1] = redis.call('HLEN', key .. '"
        RTC_KEY_ROOM_IDENTITIES "')\n"
        "    end\n"
        "end\n"
        "return answer\n"),

    /* seat: room, identities; identity; as get, and whether it is there */

    ngx_string(
        NGX_CONF_API_LUA_ROOM
        "if redis.call('EXISTS', KEYS[1]) == 0 then return false end\n"
        "return { room(KEYS[1]), redis.call('HLEN', KEYS[2]), "
        "redis.call('HEXISTS', KEYS[2], ARGV[1]) }\n"),

    /*
     * certificate: certificates, settings, jobs; id of a job, record, names.
     * An agent is told to keep it for the next start.
     */

    ngx_string(
        "for i = 3, #ARGV do\n"
        "    redis.call('HSET', KEYS[1], ARGV[i], ARGV[2])\n"
        "end\n"
        "redis.call('HSET', KEYS[2], 'ssl_type', 'SSL_TYPE_CUSTOM')\n"
        "if redis.call('EXISTS', '" RTC_KEY_AGENT_ALIVE "') == 1\n"
        "   and redis.call('LLEN', KEYS[3]) < 16\n"
        "then\n"
        "    redis.call('RPUSH', KEYS[3], ARGV[1] .. ' keep')\n"
        "end\n"
        "redis.call('PUBLISH', KEYS[2], '')\n"
        "return redis.call('PUBLISH', KEYS[1], '')\n"),

    /*
     * settings: settings, agent, jobs, last job of the kind; kind or "", id,
     * time, then fields and values, an empty one removes its field; see
     * ngx_conf_api_change_e
     */

    ngx_string(
        "local agent = redis.call('EXISTS', KEYS[2])\n"
        "local job = ARGV[1] ~= '' and agent == 1\n"
        "if ARGV[1] == 'letsencrypt' then\n"
        "    local names = 0\n"
        "    for _, name in ipairs({ 'domain_name', 'webrtc_domain_name', "
        "'streaming_domain_name', 'turn_domain_name' }) do\n"
        "        names = names + redis.call('HEXISTS', KEYS[1], name)\n"
        "    end\n"
        "    if names == 0 then return 3 end\n"
        "end\n"
        "if job and redis.call('LLEN', KEYS[3]) >= 16 then return 2 end\n"
        "for i = 4, #ARGV, 2 do\n"
        "    if ARGV[i + 1] == '' then redis.call('HDEL', KEYS[1], ARGV[i])\n"
        "    else redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end\n"
        "end\n"
        "if job then\n"
        "    redis.call('HSET', KEYS[4], 'id', ARGV[2], 'state', 'queued', "
        "'message', '', 'time', ARGV[3])\n"
        "    redis.call('RPUSH', KEYS[3], ARGV[2] .. ' ' .. ARGV[1])\n"
        "end\n"
        "if #ARGV > 3 then redis.call('PUBLISH', KEYS[1], '') end\n"
        "return agent\n"),

    /*
     * custom: settings; the text that is expected, the new one; the text that
     * is there instead, if it is another one
     */

    ngx_string(
        "local text = redis.call('HGET', KEYS[1], 'custom_settings') or ''\n"
        "if text ~= ARGV[1] then return { text } end\n"
        "redis.call('HSET', KEYS[1], 'custom_settings', ARGV[2])\n"
        "redis.call('PUBLISH', KEYS[1], '')\n"
        "return {}\n"),

    /* keys: settings; fields and values; key and secret as they are then */

    ngx_string(
        "redis.call('HSET', KEYS[1], unpack(ARGV))\n"
        "redis.call('PUBLISH', KEYS[1], '')\n"
        "return redis.call('HMGET', KEYS[1], 'livekit_key', "
        "'livekit_secret')\n"),

    /*
     * info: settings, agent, certificates, DNS, then jobs; names of fields that
     * are host names; settings, agent, then jobs, then name, certificate and
     * DNS of each
     */

    ngx_string(
        "local jobs, names = {}, {}\n"
        "for i = 5, #KEYS do\n"
        "    jobs[#jobs + 1] = redis.call('HMGET', KEYS[i], 'id', 'state', "
        "'message', 'time')\n"
        "end\n"
        "for _, name in ipairs(redis.call('HMGET', KEYS[1], unpack(ARGV))) do\n"
        "    names[#names + 1] = name and { redis.call('HGET', KEYS[3], name), "
        "redis.call('HGET', KEYS[4], name) }\n"
        "end\n"
        "return { redis.call('HGETALL', KEYS[1]), "
        "redis.call('GET', KEYS[2]), jobs, names }\n"),

    /* test: room, identities; fields and values; the number present */

    ngx_string(
        "if redis.call('EXISTS', KEYS[1]) == 0 then\n"
        "    redis.call('HSET', KEYS[1], unpack(ARGV))\n"
        "end\n"
        "return redis.call('HLEN', KEYS[2])\n")
};


void
ngx_conf_api_init_scripts(ngx_conf_api_main_conf_t *amcf)
{
    ngx_uint_t  i;

    for (i = 0; i < ngx_conf_api_script_n; i++) {
        ngx_rtc_redis_script_init(&amcf->scripts[i], &ngx_conf_api_scripts[i]);
    }
}
