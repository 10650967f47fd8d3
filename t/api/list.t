#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Lists of rooms: order, parts, search, and 20 000 rooms that block nobody.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Time::HiRes qw(time);

use Test::Conference;
use Test::More;


my $t = Test::Conference->new(LOG_LEVEL => 'info');


sub names
{
    my (%args) = @_;

    return join ' ', map { $_->{name} }
        @{ $t->post('/api/conferences/getAll', \%args)->{json} };
}


sub count
{
    my (%args) = @_;

    return $t->post('/api/conferences/getCount', \%args)->{content};
}


is($t->post('/api/conferences/getAll', {})->{content}, '[]', 'no rooms');
is(count(), '{"count":0}', 'none at all');

my %ids = map { $_ => $t->create_room(name => $_)->{_id} }
    qw(one TWO three four fiVe);

is(names(), 'fiVe four three TWO one', 'newest first');
is(names(skip => 1, limit => 2), 'four three', 'a part');
is(names(skip => 9), '', 'beyond the end');
is(names(limit => 0), '', 'nothing');
is(names(search => 'O'), 'four TWO one', 'search has no case');
is(names(search => 'o', skip => 1, limit => 1), 'TWO', 'a part of these');
is(names(search => '%'), '', 'search has no patterns');
is(names(search => $ids{three}), 'three', 'search for an id');
is(count(search => 'o'), '{"count":3}', 'number of what matches');
is(count(), '{"count":5}', 'number of all');

$t->redis('HSET', "conf:room:$ids{one}:identities", 'a', 'b');
like($t->post('/api/conferences/getAll', { extended => JSON::PP::true(),
    skip => 4 })->{content}, qr/^\[\{.*"participants":1\}\]$/, 'extended');

$t->redis('DEL', "conf:room:$ids{four}");
is(names(), 'fiVe three TWO one', 'a room that is gone from under the index');


# many

$t->redis('EVAL', <<'EOF', 0);
for i = 1, 20000 do
    local id = string.format('%024x', i)
    redis.call('HSET', 'conf:room:' .. id, 'name', 'many ' .. i, 'active', '1')
    redis.call('ZADD', 'conf:rooms', redis.call('INCR', 'conf:rooms:seq'), id)
end
EOF

my $list = $t->connect();

print $list "POST /api/conferences/getAll HTTP/1.1\r\nHost: x\r\n"
    . "Connection: close\r\nContent-Length: 0\r\nx-access-token: "
    . $t->token() . "\r\n\r\n";
$list->flush();

my ($slowest, $answers) = (0, 0);

while (!IO::Select->new($list)->can_read(0)) {
    my $begin = time;

    $answers++ if $t->get('/healthz')->{status} == 200;
    $slowest = time - $begin if $slowest < time - $begin;
}

my $all = Test::Conference::parse_response('POST', do { local $/; <$list> });

is($all->{status}, 200, 'twenty thousand');
is(scalar @{ $all->{json} }, 20004, 'complete');
is($all->{json}[0]{name}, 'many 20000', 'newest first');
cmp_ok($slowest, '<', 0.5, "$answers others were answered meanwhile");
is(count(search => 'many 1999'), '{"count":11}', 'search in many');

$t->stop();

done_testing();
