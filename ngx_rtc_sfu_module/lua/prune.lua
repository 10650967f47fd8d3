-- ARGV: WID.

prune(ARGV[1])

return { 'OK' }
