#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Redis stands still, dies, comes back: nothing waits for more than two
# seconds, and everything returns by itself.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Time::HiRes qw(time);

use Test::Conference;
use Test::Conference::Probe;
use Test::Conference::Servers;
use Test::More;


my $redis = Test::Conference::Servers->new();
my $probe = Test::Conference::Probe->new('redis', $redis->url());

$probe->ask('subscribe', 'ch');
ok($probe->says(qr/^up/m) && $probe->says(qr/^confirmed ch/m), 'all is well');


sub works
{
    return wait_for(sub { $probe->ask('command', 'INCR', 'n') =~ /^0 \d/ });
}


# how often the callbacks have reported this

sub count
{
    my ($word) = @_;

    return scalar(() = $probe->ask('journal') =~ /^$word/mg);
}


# it stands still: calls that wait end with the first timeout

$redis->signal('STOP');

my $begin = time;
my @waiting = map { $probe->start('command', 'GET', 'n') } 1 .. 10;

is($probe->finish($_), '-2 (none)', 'no answer') for @waiting;
cmp_ok(time - $begin, '<', 2, 'within two seconds');
is($probe->ask('command', 'GET', 'n'), 'refused', 'then refused at once');
ok($probe->says(qr/^down/m), 'the owner is told');

# connections are accepted by the kernel, but nobody answers on them

ok(wait_for(sub { $probe->ask('stat') =~ /timeouts:([3-9])/ }),
    'it tries again');
unlike($probe->ask('stat'), qr/up:1/, 'and is not up before an answer');

$redis->signal('CONT');
ok(works(), 'it goes on');
is(count('up'), 2, 'the owner is told');
ok(wait_for(sub { count('confirmed') == 2 }), 'the channel is confirmed again');


# it is killed

$redis->end();
ok($probe->says(qr/^down.*^down/ms), 'the end is noticed');
is($probe->ask('command', 'GET', 'n'), 'refused', 'refused');

# a channel is subscribed, another one left, while it is away

$probe->ask('subscribe', 'new');
$probe->ask('subscribe', 'short');
$probe->ask('unsubscribe', 'short');

$redis->start();
ok(works(), 'it is back');
ok($probe->says(qr/^confirmed new/m), 'a channel asked for meanwhile');
ok(wait_for(sub { count('confirmed ch') == 3 }), 'the old one');
unlike($probe->ask('journal'), qr/short/, 'not the one that was left');

$redis->call('PUBLISH', 'ch', 'hello');
ok($probe->says(qr/^message hello/m), 'a message');


# connections are cut

$redis->call('CLIENT', 'KILL', 'TYPE', 'normal');
$redis->call('CLIENT', 'KILL', 'TYPE', 'pubsub');
ok(works(), 'connections were cut');
ok(wait_for(sub { count('confirmed ch') == 4 }), 'subscribed again');


# a worker that is told to quit waits for its commands, not for a server

$redis->signal('STOP');
my $last = $probe->start('command', 'GET', 'n');
my ($worker) = $probe->instance()->worker_pids();

$probe->instance()->reload();
$redis->signal('CONT');

like($probe->finish($last), qr/^0 "\d+"/, 'the last answer');
ok(wait_for(sub { !kill 0, $worker }), 'the old worker has ended');

$redis->signal('STOP');
$begin = time;
$probe->stop();
cmp_ok(time - $begin, '<', 10, 'the end with a Redis that stands still');

$redis->signal('CONT');

done_testing();
