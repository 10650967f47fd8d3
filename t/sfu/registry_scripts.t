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
    push @args, 0, '' if $name eq 'join';
    push @args, 0, 0 if $name eq 'lookup';

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
    [ 'OK', 2, 'e1' ], 'a join without snapshot');
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
    [ 'OK', 4, 'e1' ], 'replaced in a full room');
is_deeply(events(), [ "e1 3 left PA_2 w2\n2", "e1 4 member PA_5 w1\np5" ],
    'the old one left as a duplicate');
is_deeply(identities(), { "al\0ice" => 'PA_1', bob => 'PA_5' }, 'identities');


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

done_testing();
