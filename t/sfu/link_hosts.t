#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Links between workers of two hosts: they come up over TLS, carry messages in
# order, and tell a worker that has died from one that cannot be reached.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Time::HiRes qw(time);

use Test::Conference;
use Test::Conference::Probe;
use Test::Conference::Servers;
use Test::More;


if (!$ENV{NODE_1}) {
    exec "$FindBin::Bin/../lib/own-nodes", $^X, $0 or die "own-nodes: $!\n";
}

# a Redis that both reach, though they do not reach each other
my $redis = Test::Conference::Servers->new();

my ($one, $two) = map {
    Test::Conference::Probe->new('link', $redis->url(), WORKERS => 1,
        LOG_LEVEL => 'info', NETWORK => $ENV{"NODE_$_"},
        node => "198.18.0.$_")
} 1, 2;

my ($w1, $w2) = map { $_->ask('wid') } $one, $two;


sub cable
{
    my ($node, $what) = @_;

    system('ip', 'link', 'set', "node$node", $what) == 0 or die "ip link\n";
}


is($_->ask('port'), 7946, 'the first port') for $one, $two;

# who is there

my $begin = time;

is($one->ask('hold', $w2), 0, 'held');
is($one->ask('send', $w2, 1, 'first'), 0, 'sent');
ok($two->says(qr/^up $w1 \nmessage $w1 first$/m), 'at the other host');
diag(sprintf 'up after %.0f ms', 1000 * (time - $begin));
is($two->ask('send', $w1, 3, 'back'), 0, 'sent back');
ok($one->says(qr/^up $w2/m), 'up at this end too');

for my $out (0, 1) {
    is($one->ask('key', $w2, 'srtp', $out),
        $two->ask('key', $w1, 'srtp', 1 - $out), 'both have a key');
}

# floods in both directions, then large messages

$begin = time;
is($one->ask('flood', $w2, 20000, 100), 20000, 'small ones');
is($two->ask('flood', $w1, 20000, 100), 20000, 'in both directions');
$two->got_flood($w1, 20000, 'small ones there');
$one->got_flood($w2, 20000, 'small ones here');
diag(sprintf '40000 messages in %.2f s', time - $begin);
is($one->ask('flood', $w2, 15, 512 * 1024), 15, 'large ones');
$two->got_flood($w1, 20015, 'large ones');

# a host that cannot be reached: down, and not dead, as long as it is in Redis

cable(2, 'down');
$begin = time;
ok($one->says(qr/^down $w2/m, 10), 'silence breaks it');
cmp_ok(time - $begin, '<', 5, 'after 3 s');
ok($two->says(qr/^down $w1/m, 10), 'at both ends');

my $taken = $one->ask('flood', $w2, 1000, 100000);
cmp_ok($taken, '<', 100, 'a queue has its bound');

# .. longer than a key lives
ok(!$one->says(qr/^dead/m, 8), 'nobody is dead');
cable(2, 'up');
ok(wait_for(sub { $one->events($w2) eq 'up down up' }, 20), 'up again');
ok(wait_for(sub { $two->events($w1) eq 'up down up' }), 'at both ends');
$two->got_flood($w1, $taken, 'what has waited');

# both ends at once, again and again; each time one of them is killed

my @deaths;

for my $round (1 .. 3) {
    my @waiting = ($one->start('hold', $w2), $two->start('hold', $w1));
    $one->finish($_) for @waiting;

    ok(wait_for(sub { $one->events($w2) =~ /up$/ }), "round $round");

    my ($w, $former) = ($w2, $one->ask('stat'));
    kill 'KILL', $two->instance()->worker_pids();
    $begin = time;
    ok($one->says(qr/^dead $w/m, 10), 'dead');
    push @deaths, time - $begin;

    is($one->ask('send', $w, 1, 'x'), -5, 'nothing is taken for the dead');
    $one->ask('release', $w) for 1 .. ($round == 1 ? 2 : 1);

    ok(wait_for(sub { (eval { $two->ask('wid') } // $w) ne $w }),
        'another worker in its place, at its port');
    $w2 = $two->ask('wid');
}

@deaths = sort { $a <=> $b } @deaths;
cmp_ok($deaths[-1], '<', 4, 'death is noticed');
diag(sprintf 'after %.1f s, at most %.1f', $deaths[@deaths / 2], $deaths[-1]);

# all of a host ends, also its port: nobody is there in the end

is($one->ask('hold', $w2), 0, 'the last one');
ok(wait_for(sub { $one->events($w2) =~ /up$/ }), 'is up');
$two->instance()->halt();
$begin = time;
ok($one->says(qr/^dead $w2/m, 10), 'a host that has gone is dead');
diag(sprintf 'after %.1f s', time - $begin);

$one->stop();

done_testing();
