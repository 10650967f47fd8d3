-- No ARGV.  Answers the snapshot or NOT_FOUND.

if not exists() then
    return { 'NOT_FOUND' }
end

return snapshot()
