#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Links between workers: they come up by themselves, carry messages in order,
# break and come back, and tell death from silence.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Time::HiRes qw(time sleep);

use Test::Conference;
use Test::Conference::Probe;
use Test::Conference::Servers;
use Test::More;


my $redis = Test::Conference::Servers->new();

# a debug log of each event would make these floods slow enough for silence

my ($one, $two) = map {
    Test::Conference::Probe->new('link', $redis->url(), WORKERS => 1,
        LOG_LEVEL => 'info')
} 1, 2;

my ($w1, $w2) = map { $_->ask('wid') } $one, $two;
my @deaths;


# one end holds it; what was sent before it was up comes first

is($one->ask('hold', $w1), -1, 'no link to itself');
is($one->ask('hold', $_), -1, 'no such id')
    for 'x', 'x' x 16, "\U$w2", "${w2}0";
is($one->ask('hold', $w2), 0, 'held');
is($one->ask('send', $w2, 1, "first\0"), 0, 'sent');
ok($two->says(qr/^up $w1 \nmessage $w1 first\0$/m), 'at the other end');
ok($one->says(qr/^up $w2/m), 'up at this end too');
is($two->ask('send', $w1, 3, 'back'), 0, 'sent back');
ok($two->says(qr/^message $w1 back$/m), 'and echoed');
is($one->ask('send', $w2, $_, 'x'), -1, "no type $_") for 0, 128;
is($one->ask('send', $w2, 1, ''), 0, 'nothing in it');
ok($two->says(qr/^message $w1 $/m), 'is a message');

for my $out (0, 1) {
    is($one->ask('key', $w2, 'srtp', $out),
        $two->ask('key', $w1, 'srtp', 1 - $out), 'both have a key');
}

is(scalar keys %{ { map { $_ => 1 } map {
        ($one->ask('key', $w2, $_, 0), $one->ask('key', $w2, $_, 1))
    } 'srtp', 'other' } }, 4, 'another one for each use');


# floods in both directions, then the largest messages

my $begin = time;
is($one->ask('flood', $w2, 20000, 100), 20000, 'small ones');
is($two->ask('flood', $w1, 20000, 100), 20000, 'in both directions');
$two->got_flood($w1, 20000, 'small ones there');
$one->got_flood($w2, 20000, 'small ones here');
diag(sprintf '40000 messages in %.2f s', time - $begin);
is($one->ask('flood', $w2, 15, 512 * 1024), 15, 'large ones');
$two->got_flood($w1, 20015, 'large ones');
is($one->ask('flood', $w2, 1, 512 * 1024 + 1), 0, 'no larger ones');
is($one->ask('flood', $w2, 100, 4), 100, 'and on');
$two->got_flood($w1, 20115, 'all of it');


# a worker that stands still: down, then up, never dead; and a full queue

my ($pid) = $two->instance()->worker_pids();
kill 'STOP', $pid;
my $taken = $one->ask('flood', $w2, 1000, 100000);
cmp_ok($taken, '<', 100, 'a queue has its bound');
my $link = $one->link_of($w2);
cmp_ok($link->{queued}, '<=', 8 * 1024 * 1024, 'of 8 MB');
cmp_ok($link->{queued}, '>', 7 * 1024 * 1024, 'that is used');
ok($one->says(qr/^down $w2/m, 10), 'silence breaks it');
is($one->link_of($w2)->{queued}, 0, 'nothing waits any more');
sleep 2;
kill 'CONT', $pid;
ok(wait_for(sub { $one->events($w2) eq 'up down up' }), 'up again');
ok(wait_for(sub { $two->events($w1) eq 'up down up' }), 'at both ends');
is($one->ask('flood', $w2, 100, 1000), 100, 'messages');
$two->got_flood($w1, 100, 'after silence');


# nobody needs it any more

is($one->ask('release', $w2), 0, 'released');
ok(wait_for(sub { $one->ask('link', $w2) eq 'none' }, 15), 'it is closed');
ok(wait_for(sub { $two->ask('link', $w1) eq 'none' }), 'at both ends');
is($one->stats()->{broken}, 1, 'not broken');


# both ends at once, again and again; each time one of them is killed

for my $round (1 .. 25) {
    my @waiting = ($one->start('hold', $w2), $two->start('hold', $w1));
    $one->finish($_) for @waiting;
    $one->ask('flood', $w2, 10, 10);
    $two->ask('flood', $w1, 10, 10);

    ok(wait_for(sub {
        $one->link_of($w2)->{received} == 10
            && $two->link_of($w1)->{received} == 10
    }), "round $round");

    is($_->[0]->link_of($_->[1])->{wrong}, 0, 'in order')
        for [$one, $w2], [$two, $w1];

    kill 'KILL', $two->instance()->worker_pids();
    $begin = time;
    ok(wait_for(sub { $one->events($w2) =~ /down dead$/ }), 'dead');
    push @deaths, time - $begin;

    is(scalar(() = $one->events($w2) =~ /up/g), $round == 1 ? 3 : 1, 'up once');
    is($one->ask('send', $w2, 1, 'x'), -5, 'nothing is taken for the dead');
    is($one->ask('release', $w2), 0, 'released');
    is($one->ask('link', $w2), 'none', 'and forgotten');

    ok(wait_for(sub { (eval { $two->ask('wid') } // $w2) ne $w2 }),
        'another worker in its place');
    $w2 = $two->ask('wid');
}

@deaths = sort { $a <=> $b } @deaths;
cmp_ok($deaths[@deaths / 2], '<', 0.1, 'death is noticed at once');
diag(sprintf 'after %.0f ms, at most %.0f', map { 1000 * $_ }
    $deaths[@deaths / 2], $deaths[-1]);


$one->stop();

# the killed worker is an alert, rightly
$two->instance()->halt();

done_testing();
