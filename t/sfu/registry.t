#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# The registries of two workers on one Redis: they see the same room, changes
# come in order, and what Redis forgets is written again.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Time::HiRes qw(time);

use Test::Conference;
use Test::Conference::Probe;
use Test::Conference::Servers;
use Test::More;


my %refused = (NOT_FOUND => -20, CLOSED => -21, FULL => -22, TAKEN => -23,
    AWAY => -3);

my $redis = Test::Conference::Servers->new();
my $room = 'conf:room:r';

my ($one, $two) = map {
    Test::Conference::Probe->new('registry', $redis->url())
} 1, 2;


sub create_room
{
    my ($epoch, %settings) = @_;

    $redis->call('HSET', $room, epoch => $epoch, active => 1, name => 'n1',
        %settings);
}


# what the API does

sub publish
{
    my ($kind, $payload, @keys) = @_;

    $redis->call('EVAL', <<'END', 2, $room, "$room:rev", $kind, $payload);
redis.call('PUBLISH', KEYS[1], redis.call('HGET', KEYS[1], 'epoch') .. ' '
    .. redis.call('INCR', KEYS[2]) .. ' ' .. ARGV[1] .. ' - -\n' .. ARGV[2])
END
}


sub both_say
{
    my ($pattern, $name, $seconds) = @_;

    ok($one->says($pattern, $seconds), "$name, the first worker");
    ok($two->says($pattern, $seconds), "$name, the second worker");
}


sub join_room
{
    my ($probe, $sid, $identity, $payload, $replace) = @_;

    return $probe->ask('join', 'r', $sid, $identity, $payload, $replace // 1);
}


sub members { return { @{ $redis->call('HGETALL', "$room:members") } } }

sub stands
{
    my ($sid, $payload) = @_;

    return wait_for(sub { (members()->{$sid} // '') =~ /\n\Q$payload\E\z/ });
}


ok(wait_for(sub { @{ $redis->call('KEYS', 'conf:worker:*') } == 2 }),
    'both workers are announced');
my $ttl = $redis->call('PTTL', 'conf:worker:' . $one->ask('wid'));
ok($ttl > 0 && $ttl <= 6000, 'for six seconds');


# joins

is($one->ask('open', 'r'), 0, 'a room is opened');
is(join_room($one, 'S1', 'alice', 'p1'), $refused{NOT_FOUND}, 'not there');
create_room('e1', max_participants => 3);
is(join_room($one, 'S1', 'alice', 'p1'), 0, 'the first member');
is($two->ask('open', 'r'), 0, 'in another worker');
is(join_room($two, 'S2', "b\0%\r\nob", "p\0 2"), 0, 'any byte');
is($one->ask('journal'), <<"END" =~ s/\n\z//r, 'what the first one sees')
r settings active=1 name=n1
r member S1 own=1 p1
r member S2 own=0 p\0 2

END
    if $one->says(qr/S2/);
is($two->ask('journal'), <<"END" =~ s/\n\z//r, 'before a join is answered');
r settings active=1 name=n1
r member S1 own=0 p1
r member S2 own=1 p\0 2

END

is(join_room($two, 'S3', 'carol', 'p3'), 0, 'the third');
is(join_room($one, 'S4', 'dora', 'p4'), $refused{FULL}, 'full');
is($one->ask('lookup', 'r', 'dora'), $refused{FULL}, 'a lookup');
is($one->ask('lookup', 'r', 'carol'), 0, 'of one who is in');
is($one->ask('lookup', 'none', 'carol'), $refused{NOT_FOUND}, 'of no room');
is(join_room($one, 'S5', 'carol', 'p5', 0), $refused{TAKEN}, 'taken');
is(join_room($one, 'S5', 'carol', 'p5', 1), 0, 'replaced');
ok($two->says(qr/^r left S3 own=1 reason=2\nr member S5 own=0 p5$/m),
    'its owner is told, then of the new one');
is($two->ask('leave', 'S3', 1), 0, 'the owner lets it go');


# updates: the last one wins

$one->ask('update', 'S5', "u$_") for 1 .. 20;
both_say(qr/^r member S5 own=\d u20$/m, 'the last update');
ok(exists members()->{S5}, 'the old leave did not touch it');


# settings, removed members, noise on the channel

publish('room', '{"active":"0","name":"n2"}');
both_say(qr/^r settings active=0 name=n2$/m, 'settings');
publish('later', 'x');
$redis->call('HDEL', "$room:members", 'S2');
$redis->call('PUBLISH', $room, $_)
    for '', 'x', "e1 1 left S5 w", "e1 9999 member S9 w\nx", "\0" x 1000;
$redis->call('HSET', $room, name => 'n3');
publish('room', '{"active":"1","name":"n3"}');
both_say(qr/^r settings active=1 name=n3$/m, 'settings after noise');
unlike($one->ask('journal'), qr/S9|left S5/, 'no member of the noise');
ok(stands('S2', "p\0 2"), 'a member that was lost is written again');


# clients that leave while their join is on its way

$redis->call('HSET', $room, max_participants => 100);
$redis->signal('STOP');
my @ghosts = map {
    $one->start('join', 'r', "G$_", "ghost$_", 'g', 1)
} 1 .. 10;
$one->ask('wid');
close $_ for @ghosts;
$redis->signal('CONT');
ok(wait_for(sub { !grep { /^G/ } keys %{ members() } }), 'are not in');


# Redis stands still: joins are refused in time, and followed by a leave

$redis->signal('STOP');
my $begin = time;
is(join_room($one, 'S6', 'emil', 'p6'), -2, 'no answer');
is(join_room($one, 'S7', 'fay', 'p7'), $refused{AWAY}, 'refused');
cmp_ok(time - $begin, '<', 4, 'in time');
is($one->ask('update', 'S1', 'meanwhile'), 0, 'an update waits');
$redis->signal('CONT');
ok(stands('S1', 'meanwhile'), 'and is written');
ok(wait_for(sub { !exists members()->{S6} }),
    'the join without an answer is not');
is(join_room($one, 'S6b', 'emil', 'p6'), 0, 'emil comes in');


# Redis comes back without its data, the room with another epoch

$redis->end();
is($two->ask('leave', 'S2', 1), 0, 'a leave while it is away');
unlink glob "$redis->{dir}/appendonlydir/*";
$redis->start();
create_room('e2');
ok(stands('S1', 'meanwhile') && stands('S5', 'u20') && stands('S6b', 'p6'),
    'members are written again');
ok(!exists members()->{S2}, 'not who has left');
both_say(qr/^r left S2 own=\d reason=0$/m, 'who has left', 15);
is(join_room($two, 'S8', 'gus', 'p8'), 0, 'a join');
ok($one->says(qr/^r member S8 own=0 p8$/m), 'is seen');


# a worker dies; its members leave when its key has expired

my ($pid) = $two->instance()->worker_pids();
$begin = time;
kill 'KILL', $pid;
ok($one->says(qr/^r left S8 own=0 reason=0$/m, 20), 'a dead worker');
cmp_ok(time - $begin, '<', 12, 'within seconds');
ok(!$redis->call('HEXISTS', "$room:identities", 'gus'),
    'its identities are free');

# a worker that stood still was taken for dead, and writes its members again

ok(wait_for(sub { (eval { $two->ask('open', 'r') } // '') eq '0' }),
    'the next worker');
is(join_room($two, 'T1', 'tom', 'back'), 0, 'a member');
($pid) = $two->instance()->worker_pids();
kill 'STOP', $pid;
ok($one->says(qr/^r left T1 own=0 reason=0$/m, 20), 'a worker stands still');
kill 'CONT', $pid;
ok($one->says(qr/left T1.*^r member T1 own=0 back$/ms), 'and goes on');
unlike($two->ask('journal'), qr/left T1/, 'its owner did not notice');

# .. unless somebody has come in a member's stead, who is there alone at once

kill 'STOP', $pid;
ok($one->says(qr/left T1.*left T1 own=0 reason=0$/ms, 20), 'once more');
is(join_room($one, 'T2', 'tom', 'elsewhere'), 0, 'who comes back elsewhere');
kill 'CONT', $pid;
ok($two->says(qr/^r left T1 own=1 reason=2$/m, 5), '.. is there alone');
like($two->ask('journal'), qr/^r member T2 own=0 elsewhere$/m, '.. and known');


# the room is removed

publish('removed', '');
$redis->call('DEL', $room, map { "$room:$_" } qw(rev members identities));
both_say(qr/^r removed$/m, 'removed');
is(join_room($one, 'S10', 'hans', 'p'), $refused{NOT_FOUND}, 'no join');
is($one->ask('leave', $_, 1), 0, 'its members go') for qw(S1 S5 S6b T2);
is($one->ask('close', 'r'), 0, 'closed');


# closed with members, opened again at once

create_room('e3');
is($one->ask('open', 'r'), 0, 'opened again');
is(join_room($one, 'S11', 'ida', 'p11'), 0, 'a member');
is($one->ask('close', 'r'), 0, 'closed with its member');
is($one->ask('open', 'r'), 0, 'opened while that one leaves');
is(join_room($one, 'S12', 'jon', 'p12'), 0, 'another one');
ok(wait_for(sub { join(' ', sort keys %{ members() }) eq 'S12' }),
    'only that one is in');
like($one->ask('journal'), qr/member S12 own=1 p12\n\z/, 'as reported');


# the end: members leave, workers are gone

my $wid = $one->ask('wid');

$one->stop();
ok(!$redis->call('EXISTS', "conf:worker:$wid"), 'its key is gone');
is_deeply(members(), {}, 'its members have left');

# the killed worker is an alert, rightly
$two->instance()->halt();

done_testing();
