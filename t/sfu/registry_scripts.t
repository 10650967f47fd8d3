#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# The scripts of the registry, without the registry: who may join, who is
# replaced, whose write counts, and what is published.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::Conference;
use Test::Conference::Servers;
use Test::More;


my $redis = Test::Conference::Servers->new();
my $room = "conf:room:r\0%1";
my @keys = ($room, "$room:rev", "$room:members", "$room:identities",
    "$room:revoked", 'conf:worker:', 'conf:rooms', 'conf:rooms:seq',
    'conf:rooms:ends', 'conf:settings', 'conf:webhooks');


sub read_lua
{
    my ($name) = @_;

    my $folder = $name eq 'record' ? 'common' : 'sfu_module';
    my $path = "$Test::Conference::top/ngx_rtc_$folder/lua/$name.lua";

    open my $file, '<', $path or die "$path: $!\n";
    local $/;

    return readline $file;
}


sub run_script
{
    my ($name, @args) = @_;

    # a token without a time, and no room to be made
    push @args, 0, '', '' if $name eq 'join';
    push @args, 0, 0, '' if $name eq 'lookup' && @args == 3;
    push @args, '' if $name eq 'lookup';

    return $redis->call('EVAL',
        join('', map { read_lua($_) } qw(record members rooms), $name),
        scalar @keys, @keys, @args);
}


# events since the last call, as the scripts publish them

my $listener = Conference::Redis->new($redis->url());
$listener->call('SUBSCRIBE', $room);

my $mark = 0;

sub events
{
    my @events;

    $redis->call('PUBLISH', $room, 'mark ' . ++$mark);

    while (1) {
        my $text = $listener->reply()->[2];

        return \@events if $text eq "mark $mark";
        push @events, $text;
    }
}


sub members { return { @{ $redis->call('HGETALL', "$room:members") } } }
sub identities { return { @{ $redis->call('HGETALL', "$room:identities") } } }


# no room, a closed room, something else under its name

my @alice = ('w1', 'PA_1', "al\0ice", "pay\n1", 1, 0, 1);

is_deeply(run_script('join', @alice), ['NOT_FOUND'], 'no room');

$redis->call('SET', $room, 'text');
is_deeply(run_script('join', @alice), ['NOT_FOUND'], 'something else');
is_deeply(run_script('read'), ['NOT_FOUND'], 'which is not read either');
$redis->call('DEL', $room);

my @hash = (epoch => 'e1', active => 0, max_participants => 2);
$redis->call('HSET', $room, @hash);
is_deeply(run_script('join', @alice), ['CLOSED'], 'a closed room');
is_deeply(events(), [], 'nothing was published');
is($redis->call('GET', "$room:rev"), undef, 'no revision was used');

$redis->call('HSET', $room, active => 1);


# joins

my $answer = run_script('join', @alice);
is_deeply([ @$answer[0, 1] ], [ 'OK', 1 ], 'a join');
is_deeply({ @{ $answer->[2] } }, { @hash, active => 1 }, 'with the settings');
is_deeply($answer->[3], [ 'PA_1', "w1\npay\n1" ], 'and the members');
is_deeply(events(), [ "e1 1 member PA_1 w1\npay\n1" ], 'it was published');

is_deeply(run_script('join', 'w2', 'PA_2', 'bob', 'p2', 0, 0, 0),
    [ 'OK', 2, 'e1', '' ], 'a join without snapshot');
is_deeply(run_script('join', 'w2', 'PA_3', 'carol', 'p3', 1, 0, 0), ['FULL'],
    'a full room');
is_deeply(run_script('lookup', 'w2', 'carol', 0), ['FULL'],
    'a lookup says so too');
is_deeply(run_script('lookup', 'w2', 'bob', 0), ['OK'],
    'whoever is in has a seat');
is_deeply(run_script('join', 'w2', 'PA_4', 'bob', 'p4', 0, 0, 0), ['TAKEN'],
    'an identity is taken');
is_deeply(events(), [ "e1 2 member PA_2 w2\np2" ], 'refusals publish nothing');


# an identity comes again: the old member leaves first

is_deeply(run_script('join', 'w1', 'PA_5', 'bob', 'p5', 1, 0, 0),
    [ 'OK', 4, 'e1', '' ], 'replaced in a full room');
is_deeply(events(), [ "e1 3 left PA_2 w2\n2", "e1 4 member PA_5 w1\np5" ],
    'the old one left as a duplicate');
is_deeply(identities(), { "al\0ice" => 'PA_1', bob => 'PA_5' }, 'identities');


is_deeply([ map { run_script('lookup', 'w1', 'bob', 0, 0, 0, $_)->[0] }
    'PA_2', 'PA_5', '' ], [ 'TAKEN', 'OK', 'OK' ],
    'who was replaced may not come back');
is_deeply(run_script('lookup', 'w1', 'carol', 0, 0, 0, 'PA_3'), ['FULL'],
    'who was not would need a seat');


# writes of one who was replaced, or who never was this worker's

is_deeply(run_script('update', 'w2', 'PA_2', 'x'), ['GONE'], 'an old update');
is_deeply(run_script('update', 'w2', 'PA_5', 'x'), ['GONE'],
    "another worker's update");
run_script('leave', 'w2', 'PA_2', 'bob', 1);
run_script('leave', 'w2', 'PA_5', 'bob', 1);
is_deeply(events(), [], 'nothing happened');
is_deeply(members(), { PA_1 => "w1\npay\n1", PA_5 => "w1\np5" },
    'the successor stays');

is_deeply(run_script('update', 'w1', 'PA_5', "new\0"), ['OK'], 'an update');
run_script('leave', 'w1', 'PA_5', 'bob', 1);
is_deeply(events(), [ "e1 5 member PA_5 w1\nnew\0", "e1 6 left PA_5 w1\n1" ],
    'an update and a leave');
is_deeply(identities(), { "al\0ice" => 'PA_1' }, 'the identity is free');


# a member that Redis has lost

is_deeply(run_script('restore', 'w2', 'PA_6', 'dora', 'p6'), ['OK'],
    'restored');
$redis->call('HSET', $room, max_participants => 1);
is_deeply(run_script('restore', 'w2', 'PA_7', 'emil', 'p7'), ['OK'],
    'its seat is its own');
is_deeply(run_script('restore', 'w2', 'PA_8', 'dora', 'p8'), ['TAKEN'],
    'another one has the identity');
run_script('leave', 'w2', 'PA_6', '', 0);
is_deeply([ sort keys %{ identities() } ], [ "al\0ice", 'emil' ],
    'a leave that does not know the identity');
run_script('leave', 'w2', 'PA_7', 'emil', 1);
events();


# dead workers

$redis->call('HSET', $room, max_participants => 3);
$redis->call('SET', 'conf:worker:alive', '');
run_script('join', 'dead', "PA_d$_", "dead$_", 'p', 1, 0, 0) for 1, 2;
is_deeply(run_script('join', 'alive', 'PA_9', 'fay', 'p9', 1, 0, 0), ['FULL'],
    'full of dead members, too early to say');
is_deeply(run_script('lookup', 'alive', 'fay', 1), ['OK'],
    'late enough: they have no seat');
is_deeply(members(), {}, 'all without a worker have left');
is_deeply(identities(), {}, 'their identities are free');
is(scalar(grep { /^e1 \d+ left PA_\w+ \w+\n0$/ } @{ events() }), 3,
    'each left was published');

run_script('join', 'alive', 'PA_9', 'fay', 'p9', 1, 0, 0);
run_script('join', 'dead', 'PA_10', 'gus', 'p10', 1, 0, 0);
run_script('prune', 'me');
is_deeply([ keys %{ members() } ], ['PA_9'], 'the living stay');

# a replica's revision has no gap

my $rev = $redis->call('GET', "$room:rev");
is((run_script('read'))->[1], $rev, 'the revision that is read');



# what webhooks are made of: only changes that are events

sub bytes { return chr($_[0] * 8 + 2) . length_of($_[1]) . $_[1] }

sub length_of
{
    my ($n) = length $_[0];

    return $n < 128 ? chr $n : chr($n % 128 + 128) . length_of('x' x ($n >> 7));
}


sub member
{
    my ($state, $metadata, @tracks) = @_;

    return bytes(1, bytes(1, 'PA_1') . "\x18" . chr($state)
        . join('', map { bytes(4, bytes(1, $_) . "\x20\x01") } @tracks)
        . bytes(5, $metadata)) . "\x10\x00";
}


sub recorded
{
    my $all = $redis->call('XRANGE', 'conf:webhooks', '-', '+');
    my @kinds = map { my %entry = @{ $_->[1] }; $entry{kind} } @$all;

    run_script_of(['conf:webhooks'], 'forget', $_->[0]) for @$all;

    return join ' ', @kinds;
}


sub run_script_of
{
    my ($keys, $name, @args) = @_;

    return $redis->call('EVAL', read_lua($name), scalar @$keys, @$keys, @args);
}


$redis->call('DEL', "$room:members", "$room:identities");
run_script('join', 'w1', 'PA_1', 'al', member(0, ''), 1, 0, 0);
is($redis->call('EXISTS', 'conf:webhooks'), 0, 'nobody wants to hear');

$redis->call('HSET', 'conf:settings', 'webhooks', '{}');

for my $case ([ 'metadata', member(0, 'x'), '' ],
    [ 'much metadata', member(0, 'x' x 300), '' ],
    [ 'it is there', member(2, 'x' x 300), 'member' ],
    [ 'a track', member(2, 'x', 'TR_1'), 'member' ],
    [ 'another', member(2, 'x', 'TR_1', 'TR_2'), 'member' ],
    [ 'metadata again', member(2, 'y', 'TR_1', 'TR_2'), '' ],
    [ 'one less', member(2, 'y', 'TR_2'), 'member' ],
    [ 'what is malformed', "\xff\xff\xff", 'member' ],
    [ 'a length that is none', "\x0a\xff\xff\xff\xff\xff\xff", '' ])
{
    my ($what, $payload, $kinds) = @$case;

    is_deeply(run_script('update', 'w1', 'PA_1', $payload), ['OK'], $what);
    is(recorded(), $kinds, 'is told, or is not');
}

run_script('update', 'w1', 'PA_1', member(2, 'x' x 1000));
cmp_ok($redis->call('GET', 'conf:webhooks:bytes'), '>', 1000, 'it is counted');
is(recorded(), 'member', 'a large one');
is($redis->call('GET', 'conf:webhooks:bytes'), 0, 'and not when it is told');

run_script('leave', 'w1', 'PA_1', 'al', 1);
is(recorded(), 'left finished', 'the last one leaves');

run_script('join', 'w1', 'PA_1', 'al', member(2, 'x' x 1100000), 1, 0, 0);
is(recorded(), 'started', 'what is too large is not kept');
is($redis->call('GET', 'conf:webhooks:dropped'), 1, 'but counted');

run_script('update', 'w1', 'PA_1', member(2, ''));
is(recorded(), '', 'as long as it is a part of a change');
$redis->call('SET', 'conf:webhooks:bytes', 67108864);
run_script('update', 'w1', 'PA_1', member(2, '', 'TR_1'));
is(recorded(), 'member', 'bytes of an empty stream are none');
$redis->call('XADD', 'conf:webhooks', '*', 'kind', 'x');
$redis->call('SET', 'conf:webhooks:bytes', 67108864 - 100);
run_script('update', 'w1', 'PA_1', member(2, '', 'TR_2'));
is(recorded(), 'x', 'a full one takes no more');
$redis->call('HDEL', 'conf:settings', 'webhooks');


# a list of rooms looks at so many members at once

my @rooms = map { "room$_" } 0 .. 5;

for my $i (0 .. $#rooms) {
    $redis->call('HSET', "conf:room:$rooms[$i]", epoch => 'e', name => 'x');
    $redis->call('ZADD', 'conf:rooms', 100 + $i, $rooms[$i]);
    $redis->call('HSET', "conf:room:$rooms[$i]:members",
        map { ("PA_$_" => "w\n") } 1 .. 10 * $i) if $i;
}


sub listed
{
    my ($names, $max, $enough) = @_;
    my ($ok, $next, @found) = @{ run_script('room_list', $names, $max, 50,
        $enough) };

    return join ' ', "<$next>", map { $_->[0] } @found;
}


my $all = '["room1","none","room2","room3","room0"]';

is(listed('', '+inf', 1000), '<> room5 room4 room3 room2 room1 room0', 'all');
is(listed('', '+inf', 60), '<(104> room5 room4', 'enough');
is(listed('', '(104', 61), '<> room3 room2 room1 room0', 'the rest');
is(listed('', '+inf', 1), '<(105> room5', 'a large room alone');
is(listed($all, '', 1000), '<> room1 room2 room3 room0', 'by names');
is(listed($all, '', 30), '<3> room1 room2', 'so many of them');
is(listed('["room3"]', '', 1), '<> room3', 'the last one');

done_testing();
