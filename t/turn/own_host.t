#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Relays to the SFU of this host, where the host has an address that is not of
# the loopback device: it runs in a network of its own, 198.18.0.1, with a
# second host beside it.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use IO::Select;
use IO::Socket::IP;
use Socket qw(inet_aton pack_sockaddr_in);
use Test::More;

use Test::Conference;
use Test::Conference::Turn;


my $host = '198.18.0.1';

if (($ENV{OWN_HOST} // '') ne $host) {
    $ENV{OWN_HOST} = $host;
    exec "$FindBin::Bin/../lib/own-host", $^X, $0 or die "own-host: $!\n";
}

my $sfu = Test::Conference::Turn::peer($host);
my $port = $sfu->sockport();
my $server = Test::Conference::Turn->server("turn_peer_allow sfu;
    turn_sfu_address $host; turn_sfu_ports $port-$port;
    turn_relay_address $host; turn_tcp_relay on;");


# datagrams that sockets of the port have refused

sub refused
{
    my ($port) = @_;

    open my $file, '<', '/proc/net/udp' or die "udp: $!\n";

    my ($line) = grep { hex((/:([0-9A-F]{4}) /)[0] // 0) == $port }
        readline $file;

    return (split ' ', $line // '')[-1] // -1;
}


for my $tcp (0, 1) {
    my $name = $tcp ? 'TCP' : 'UDP';
    my $turn = Test::Conference::Turn->new($server, tcp => $tcp);

    is($turn->allocate(), 0, "$name: an allocation");
    is($turn->{relay}, $host, "$name: its relay");
    is($turn->permit($host), 0, "$name: a permission for the SFU");

    $turn->send($host, $port, 'to the SFU');
    is(scalar Test::Conference::Turn::received($sfu), 'to the SFU',
        "$name: data goes");
    $turn->answer($sfu, 'to the client');
    like($turn->get() // '', qr/to the client/, "$name: and comes");

    $turn->{old} = refused($turn->{relay_port});
    is($turn->{old}, 0, "$name: nothing is refused");
    is($turn->refresh(0), 0, "$name: it ends");
}

# somebody beside this host

my $turn = Test::Conference::Turn->new($server);

$turn->allocate();

my $pid = open my $neighbour, '-|', 'unshare', '--net', 'sh', '-c',
    'echo; exec sleep 60' or die "unshare: $!\n";

readline $neighbour;

system "ip link set host1 netns $pid && nsenter -t $pid -n sh -c '"
    . 'ip address add 198.18.0.2/24 dev host1 && ip link set host1 up'
    . "'";

is($?, 0, 'a second host');

sub knock
{
    return system 'nsenter', '-t', $pid, '-n', $^X, '-MSocket', '-e',
        'socket my $s, AF_INET, SOCK_DGRAM, 0; '
        . 'send $s, "x", 0, pack_sockaddr_in($ARGV[0], inet_aton($ARGV[1]))'
        . ' or exit 1', $_[0], $host;
}

ok(wait_for(sub {
    return knock($turn->{relay_port}) == 0
        && refused($turn->{relay_port}) > 0;
}), 'what comes from there is refused by the relay');

$turn->permit($host);
$turn->answer($sfu, 'still here');
like($turn->get() // '', qr/still here/, 'what comes from here is not');

# a TCP allocation (RFC 6062)

my $stream = Test::Conference::Turn->new($server, tcp => 1);

is($stream->allocate_tcp(), 0, 'a TCP allocation');
is($stream->permit($host), 0, '... and a permission for the SFU');
isnt(system('nsenter', '-t', $pid, '-n', $^X, '-MIO::Socket::IP', '-e',
    'IO::Socket::IP->new(PeerHost => $ARGV[0], PeerPort => $ARGV[1],'
    . ' Timeout => 1) or exit 1', $host, $stream->{relay_port}), 0,
    '... nobody beside this host gets to it');

my $here = IO::Socket::IP->new(PeerHost => $host,
    PeerPort => $stream->{relay_port}, LocalHost => $host,
    LocalPort => $port);

ok(defined $here, '... who is here does');
is($stream->attempt(), $port, '5.3: ConnectionAttempt');

kill 'TERM', $pid;
close $neighbour;
$server->stop();

done_testing();
