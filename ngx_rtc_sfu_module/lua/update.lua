-- ARGV: WID, SID, payload.

local wid, sid, payload = unpack(ARGV)

if not stands(sid, wid) then
    return { 'GONE' }
end

put(sid, wid, payload)

return { 'OK' }
