-- No ARGV.

if not exists() then
    return { 'NOT_FOUND' }
end

finish()

return { 'OK' }
