#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# 500 rooms, fifty at a time: none is lost, no id comes twice.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use IO::Select;
use Time::HiRes qw(time);

use Test::Conference;
use Test::More;


my $t = Test::Conference->new(LOG_LEVEL => 'info');
my $body = '{"name":"one of many"}';
my $request = "POST /api/conferences/create HTTP/1.1\r\nHost: x\r\n"
    . 'x-access-token: ' . $t->token() . "\r\nContent-Type: application/json"
    . "\r\nContent-Length: " . length($body) . "\r\n\r\n$body";

my (%ids, %begin, %answer, @times);
my $sent = 0;
my $select = IO::Select->new();


sub ask
{
    my ($socket) = @_;

    return $select->remove($socket) if $sent++ >= 500;

    $begin{$socket} = time;
    $answer{$socket} = '';

    print $socket $request;
    $socket->flush();
}


for (1 .. 50) {
    my $socket = $t->connect();

    $select->add($socket);
    ask($socket);
}

while ($select->count) {
    my @ready = $select->can_read(10) or last;

    for my $socket (@ready) {
        if (!sysread $socket, $answer{$socket}, 65536,
            length $answer{$socket})
        {
            $select->remove($socket);
            next;
        }

        next if $answer{$socket} !~ /"_id":"([0-9a-f]{24})".*\}$/;

        $ids{$1}++;
        push @times, time - $begin{$socket};
        ask($socket);
    }
}

is(scalar @times, 500, 'five hundred answers');
is(scalar keys %ids, 500, 'and as many ids');

my %listed = map { $_->{_id} => 1 }
    @{ $t->post('/api/conferences/getAll', {})->{json} };

is_deeply([ sort keys %listed ], [ sort keys %ids ], 'none is lost');

my $p99 = (sort { $a <=> $b } @times)[int 0.99 * @times];

note(sprintf 'p99 %.1f ms', 1000 * $p99);
cmp_ok($p99, '<', 1, 'within a second');

$t->stop();

done_testing();
