#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# What members may do: work on their own rooms, and nothing else.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Time::HiRes qw(time);

use Test::Conference;
use Test::More;


my $t = Test::Conference->new(LOG_LEVEL => 'info');
my %tokens = (admin => $t->token());


sub call
{
    my ($who, $path, $json) = @_;

    return $t->request($path =~ /remove$/ ? 'DELETE' : 'POST', "/api/$path",
        token => $tokens{$who}, json => $json // {});
}


sub names
{
    my ($who, %args) = @_;

    return join ' ', map { $_->{name} }
        @{ call($who, 'conferences/getAll', \%args)->{json} };
}


sub count
{
    my ($who, %args) = @_;

    return call($who, 'conferences/getCount', \%args)->{json}{count};
}


for my $name (qw(ann bob)) {
    call('admin', 'users/create', { name => $name, password => 'some word',
        role => 'member' });
    $tokens{$name} = $t->request('POST', '/api/auth/login',
        json => { email => $name, password => 'some word' })->{json}{token};
}


# what is for administrators

my %before = map { $_ => 1 } @{ $t->redis('KEYS', '*') };

for my $path (qw(users/getAll users/create users/update users/remove)) {
    my $reply = call('ann', $path, { id => $t->redis('HGET', 'conf:users',
        'ann'), role => 'admin', name => 'x', password => 'some word' });

    is($reply->{status}, 403, "$path: 403");
    is($reply->{json}{error}, 'Only administrators may do this.', 'why');
    is($t->request($path =~ /remove/ ? 'DELETE' : 'POST', "/api/$path")
        ->{status}, 401, 'without a token it is 401');
}

is_deeply({ map { $_ => 1 } @{ $t->redis('KEYS', '*') } }, \%before,
    'nothing was made');
is(call('ann', 'auth/getUser')->{json}{role}, 'member', 'she is a member');

# a role that is none is not that of an administrator

my $bob = $t->redis('HGET', 'conf:users', 'bob');

for my $role ('', 'Admin', "admin\0") {
    $t->redis('HSET', "conf:user:$bob", 'role', $role);
    is(call('bob', 'users/getAll')->{status}, 403, 'another role');
}

$t->redis('HDEL', "conf:user:$bob", 'role');
is(call('bob', 'users/getAll')->{status}, 403, 'no role');
$t->redis('HSET', "conf:user:$bob", 'role', 'member');


# rooms

my %rooms;

for my $who (qw(admin ann bob)) {
    my $reply = call($who, 'conferences/create', { name => $who });

    is($reply->{status}, 200, "$who makes a room");
    $rooms{$who} = $reply->{json}{_id};
}

call('ann', 'conferences/create', { name => 'second' });

is(names('admin'), 'second bob ann admin', 'administrators see all');
is(names('ann'), 'second ann', 'she sees hers');
is(names('ann', skip => 1), 'ann', 'a part');
is(names('ann', limit => 1), 'second', 'another part');
is(names('ann', search => 'B'), '', 'search finds no other');
is(names('ann', search => $rooms{bob}), '', 'not even by its id');
is(count('admin'), 4, 'all');
is(count('ann'), 2, 'her number');
is(count('bob', search => 'o'), 1, 'his');

for my $other (qw(admin bob)) {
    my $before = { @{ $t->redis('HGETALL', "conf:room:$rooms{$other}") } };

    for my $method (qw(getById update remove)) {
        my $reply = call('ann', "conferences/$method", {
            id => $rooms{$other}, active => JSON::PP::false(),
            user_id => $t->redis('HGET', 'conf:users', 'ann') });

        is($reply->{status}, 404, "$method of ${other}'s: 404");
        is($reply->{json}{error}, 'There is no room with this id.',
            'as of an unknown one');
    }

    is_deeply({ @{ $t->redis('HGETALL', "conf:room:$rooms{$other}") } },
        $before, 'it is as it was');
}

is(call('ann', 'conferences/getById', { id => $rooms{ann} })->{status}, 200,
    'getById of her own');
is(call('ann', 'conferences/update', { id => $rooms{ann}, name => 'new' })
    ->{json}{name}, 'new', 'update');
is(call('admin', 'conferences/update', { id => $rooms{ann}, name => 'old' })
    ->{json}{name}, 'old', 'by an administrator');
is(call('ann', 'conferences/remove', { id => $rooms{ann} })->{status}, 200,
    'remove');
is(call('bob', 'conferences/create', { name => 'x', user_id => $rooms{ann} })
    ->{json}{user_id}, $bob, 'nobody makes a room for another');


# joining is for everybody; a seat that is taken only for who owns the room

$t->redis('HSET', "conf:room:$rooms{admin}:identities", 'a', 'b');
$t->redis('HSET', "conf:room:$rooms{bob}:identities", 'a', 'b');

sub join_room
{
    my ($who, $room, $identity) = @_;

    return $t->request('POST', '/api/conferences/createToken',
        $who ? (token => $tokens{$who}) : (), json => { id => $rooms{$room},
            name => 'x', identity => $identity })->{status};
}

is(join_room(undef, 'bob', 'c'), 200, 'without a token');
is(join_room('ann', 'bob', 'c'), 200, 'with that of another member');
is(join_room('ann', 'bob', 'a'), 409, 'who opens no seat here');
is(join_room('bob', 'bob', 'a'), 200, 'but his own');
is(join_room('bob', 'admin', 'a'), 409, 'and no other');
is(join_room('admin', 'bob', 'a'), 200, 'an administrator opens all');


# many rooms of others; Redis answers meanwhile

$t->redis('EVAL', <<'EOF', 0, $bob, $_) for 0 .. 39;
for i = 500 * ARGV[2] + 1, 500 * ARGV[2] + 500 do
    local id = string.format('%024x', i)
    redis.call('HSET', 'conf:room:' .. id, 'name', 'many ' .. i, 'active', '1',
               'user_id', ARGV[1])
    redis.call('ZADD', 'conf:rooms', redis.call('INCR', 'conf:rooms:seq'), id)
end
EOF

my $begin = time;

is(names('ann'), 'second', 'behind twenty thousand');
note(sprintf 'getAll in %.0f ms', 1000 * (time - $begin));
is(count('bob'), 20002, 'the number of many');
is(scalar @{ call('bob', 'conferences/getAll', { skip => 100, limit => 500 })
    ->{json} }, 500, 'a part of many');


# a member becomes an administrator

call('admin', 'users/update', { id => $bob, role => 'admin' });
is(call('bob', 'conferences/getCount')->{status}, 401,
    'another role needs another token');

$tokens{bob} = $t->request('POST', '/api/auth/login',
    json => { email => 'bob', password => 'some word' })->{json}{token};
is(count('bob'), 20004, 'which sees all');

$t->stop();

done_testing();
