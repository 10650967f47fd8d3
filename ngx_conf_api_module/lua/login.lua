-- KEYS: users, failures of the address.  ARGV: name, prefix of the keys of
-- accounts, id of the user if that is known.  Answers seconds to wait, user id,
-- hash of the password, generation of tokens, key of the account.

local id = ARGV[3] ~= '' and ARGV[3] or redis.call('HGET', KEYS[1], ARGV[1])
local account = ARGV[2] .. (id or ARGV[1])
local user = { '', '0' }

if id then
    user = redis.call('HMGET', 'conf:user:' .. id, 'password', 'tokens')
end

return { math.max(wait(KEYS[2]), wait(account)), id or '', user[1] or '',
    user[2] or '0', account }
