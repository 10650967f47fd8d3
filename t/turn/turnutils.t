#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Debian's coturn clients against this server.  turnutils_rfc5769check is not
# in the package, its vectors are in t/unit/test_turn_msg.c.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::More;

use Test::Conference;
use Test::Conference::Turn;


my $server = Test::Conference::Turn->server(
    'turn_max_user_allocations 200; turn_relay_address 127.0.0.1 ::1;
    turn_peer_allow 127.0.0.1 ::1; turn_tcp_relay on;', tls => 1);
my $tls = $server->{tls_port};
my $port = Test::Conference::Turn::free_port();

# what comes is sent back

my @peers = map {
    my $host = $_;
    my $pid = fork() // die "fork: $!\n";

    if ($pid == 0) {
        open STDOUT, '>', '/dev/null';
        exec 'turnutils_peer', '-L', $host, '-p', $port;
    }

    $pid;
} qw(127.0.0.1 ::1);

for my $tool ('turnutils_stunclient',
              'turnutils_natdiscovery -m -L 127.0.0.1')
{
    my $said = `timeout 10 $tool -p $server->{port} 127.0.0.1 2>&1`;

    like($said, qr/reflexive addr: 127\.0\.0\.1:\d+/, $tool);
}


# what it says is read from the handle

sub uclient
{
    my ($options, $seconds) = @_;

    $options .= " -p $server->{port}" if $options !~ /-p /;
    $options .= ' -u user -w pass' if $options !~ /-u /;
    $options .= ' -e 127.0.0.1' if $options !~ /-[ey]\b/;

    open my $said, '-|', "timeout $seconds turnutils_uclient -n 10 $options"
        . " -r $port 127.0.0.1 2>&1" or die "turnutils_uclient: $!\n";

    return $said;
}


# Over TLS it takes one message of a record and no more, so there are no two
# at a time.  With -Z it gives back one of its two relays at random: the one
# that is left may be of the other family than the peer.

my @runs = (
    ['channels', '-m 2'],
    ['indications', '-m 2 -s'],
    ['TCP', '-m 2 -t'],
    ['TCP, indications', '-m 2 -t -s'],
    ['TLS', "-c -t -S -p $tls"],
    ['TLS, indications', "-c -t -S -s -p $tls"],
    ['a secret', '-W north -u bob'],
    ['a secret over TLS', "-W north -u bob -c -t -S -p $tls"],
    ['DONT-FRAGMENT', '-g'],
    ['no RTCP', '-m 2 -c'],
    ['small packets', '-l 10'],
    ['odd packets', '-l 333'],
    ['odd packets over TCP', '-t -l 333'],
    ['large packets', '-l 1400'],
    ['padding of ChannelData', '-D -l 333'],
    ['permissions and channels again', '-G'],
    ['IPv4 by name', '-X'],
    ['IPv6', '-x -e ::1'],
    ['IPv6 over TCP, indications', '-x -t -s -e ::1'],
    ['IPv6 over TLS', "-x -c -t -S -p $tls -e ::1"],
    ['both families', '-Z'],
    ['relay to relay', '-y'],
    ['relay to relay, indications, no RTCP', '-y -s -c'],
    ['twenty clients, a packet each 5 ms', '-m 20 -z 5 -c'],
    ['TCP allocations', '-T -m 6'],
    ['TCP allocations over TLS', "-T -S -m 2 -p $tls"],
);

# some at a time, they sleep most of theirs

while (my @some = splice @runs, 0, 6) {
    my @said = map { uclient($_->[1], 60) } @some;

    for my $n (0 .. $#some) {
        my ($name, $options) = @{ $some[$n] };

        like(join('', readline $said[$n]), $options eq '-Z'
            ? qr/Total lost packets 0 |error 443/ : qr/Total lost packets 0 /,
            "turnutils_uclient: $name");
    }
}

# what it does wrong on purpose; it ends as it likes

my @wrong = map { uclient("-m 4 $_", 5) } '-N', '-R', '-N -R -t', '-B', '-M',
    '-I', '-O';

readline $_ for @wrong;

is(Test::Conference::Turn->new($server, user => 'other')->allocate(), 0,
    'after -N, -R, -B, -M, -I and -O it answers');

kill 'TERM', @peers;
waitpid $_, 0 for @peers;
$server->stop();

done_testing();
