#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Commands, scripts and subscriptions of the Redis client.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::Conference;
use Test::Conference::Probe;
use Test::Conference::Servers;
use Test::More;


my $redis = Test::Conference::Servers->new();
my $probe = Test::Conference::Probe->new('redis', $redis->url() . '?db=3');

ok($probe->says(qr/^up/), 'connected');


# commands

my $bytes = join '', map { chr } 0 .. 255;

is($probe->ask('command', 'SET', "k\0%s", $bytes), '0 "OK"', 'a status');
is($probe->ask('command', 'GET', "k\0%s"), "0 \"$bytes\"", 'any byte');
is($probe->ask('command', 'GET', 'none'), '0 (nil)', 'nil');
is($probe->ask('command', 'INCR', 'n'), '0 1', 'an integer');
is($probe->ask('command', 'MGET', 'n', 'none'), '0 ["1",(nil)]', 'an array');
like($probe->ask('command', 'LPOP', 'n'), qr/^-1 "WRONGTYPE/, 'an error');

$redis->call('SELECT', 3);
$redis->call('SET', 'long', 'x' x 65_000);
is($probe->ask('command', 'GET', 'long'), '0 "' . 'x' x 65_000 . '"',
    'an answer of many reads');
is($redis->call('GET', 'n'), '1', 'the database of the address');


# words beyond the limit are refused, the limit itself is not

is($probe->ask('command', 'RPUSH', 'l', 1 .. 62), '0 62', '64 words');
is($probe->ask('command', 'RPUSH', 'l', 1 .. 63), 'refused', '65 words');
is($probe->ask('script', 3, 1 .. 2), 'refused', 'more keys than words');


# scripts: unknown to the server, known, forgotten

my $forgotten = sub { $redis->call('SCRIPT', 'FLUSH') };

for my $before (sub { }, sub { }, $forgotten) {
    $before->();
    is($probe->ask('script', 1, 'key', "a\0%"), "0 [\"key\",\"a\0%\",1]",
        'a script');
}

is($probe->ask('command', 'GET', 'key'), '0 "3"', 'each was executed once');

$redis->call('SET', 'odd', 'text');
like($probe->ask('script', 1, 'odd', 'x'), qr/^-1 "ERR/, 'a script that fails');


# many at once, and the order of the answers

$forgotten->();

my @waiting = map { $probe->start('script', 1, 'many', $_) } 1 .. 50;
my @answers = map { $probe->finish($_) } @waiting;

is_deeply(\@answers, [ map { "0 [\"many\",\"$_\",1]" } 1 .. 50 ],
    'fifty scripts at once that the server does not know');


# the server cannot do it now

$redis->call('CONFIG', 'SET', 'maxmemory', 1);
like($probe->ask('command', 'SET', 'a', 'b'), qr/^-2 "OOM/, 'out of memory');
$redis->call('CONFIG', 'SET', 'maxmemory', 0);


# subscriptions

$probe->ask('subscribe', "ch\0 1");
ok($probe->says(qr/^confirmed ch\0 1$/m), 'a channel is confirmed');

$redis->call('PUBLISH', "ch\0 1", "p\0%");
ok($probe->says(qr/^message p\0%$/m), 'a message');

is($probe->instance()->get('/healthz')->{status}, 200, 'the rest works on');

# a channel is left and joined faster than the server answers

for (1 .. 5) {
    $probe->ask('unsubscribe', "ch\0 1");
    $probe->ask('subscribe', "ch\0 1");
}

$redis->call('PUBLISH', "ch\0 1", 'after')
    or wait_for(sub { $redis->call('PUBLISH', "ch\0 1", 'after') });
ok($probe->says(qr/^message after$/m), 'and is subscribed in the end');

$probe->ask('unsubscribe', "ch\0 1");
ok(wait_for(sub { !$redis->call('PUBLISH', "ch\0 1", 'never') }),
    'a channel is left');
is($probe->ask('journal') =~ /never/, '', 'no message after that');


# clients that leave while they wait

close $probe->start('command', 'BLPOP', 'list', 1) for 1 .. 5;
ok(wait_for(sub { $probe->ask('stat') =~ /pending:0/ }), 'nothing is left');

$probe->stop();

done_testing();
