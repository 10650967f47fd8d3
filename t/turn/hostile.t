#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Packets that broke other TURN servers, and floods.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Socket qw(inet_aton pack_sockaddr_in);
use Test::More;

use Test::Conference;
use Test::Conference::Turn;


my $server = Test::Conference::Turn->server('turn_relay_ports 60000-60007;
    turn_relay_address 127.0.0.1 ::1; turn_peer_allow public 127.0.0.1;
    turn_client_timeout 1s;');


sub client { return Test::Conference::Turn->new($server, @_) }

sub attr { return Test::Conference::Turn::attr(@_) }

my $udp = attr(0x0019, "\x11\0\0\0");


my $turn = client();

is($turn->allocate(), 0, 'an allocation');
is($turn->permit($_), 403, "CVE-2020-26262, policy: $_")
    for qw(0.0.0.0 10.0.0.1 169.254.169.254 127.0.0.2 192.168.1.1 224.0.0.1);

my $six = client();

$six->ask('allocate', $udp . attr(0x0017, "\2\0\0\0"));
is($six->permit($_), 403, "CVE-2026-27624, policy: $_")
    for qw(:: ::1 ::ffff:127.0.0.1 ::127.0.0.1 64:ff9b::7f00:1 2002:7f00:1::
           fe80::1 fc00::1 2001:0:1::1);
is($six->refresh(0), 0, 'it ends');

is($turn->permit('127.0.0.1'), 0, 'the named host');
is($turn->bind_channel(0x4000, '127.0.0.1', $server->{port}), 403,
    'RFC 8656, 21.1.7: no loop through the listener');
$turn->send('127.0.0.1', $server->{port},
    Test::Conference::Turn::message(0x0001, 'loop........', ''));
ok(!defined $turn->get(0.3), '... nor by an indication');

is($turn->ask('refresh', attr(0x000d, pack 'N', 600),
    behind => attr(0x000d, pack 'N', 0)), 0,
    'ab762f33: a LIFETIME behind the integrity');
is($turn->permit('127.0.0.1'), 0, '... has ended nothing');

is(client(user => "%n%s%n\0\xff")->allocate(), 401,
    'GHSA-4g7c-p5wg-j4hp: %n%s in USERNAME');
is(client(user => 'x' x 508)->allocate(), 401, 'a name of 508 bytes');
is(client(user => 'x' x 509)->allocate(), -1, 'one of 509');

# what is answered at all

my $header = pack 'N', 0x2112a442;

is(client()->exchange("\0\1\0\0$header" . 'x' x 12), 0, 'Binding is answered');

for my $bytes ("\0\1\0\4$header" . 'x' x 12, "\0\1\0\1$header" . 'x' x 13,
               "\0\1\xff\xff$header" . 'x' x 12, "\0\1\0\0" . 'x' x 16,
               "\x40", "\xff" x 20)
{
    my $it = client();

    $it->put($bytes);
    ok(!defined $it->get(0.05), 'not answered: ' . unpack 'H16', $bytes);
}

# every truncation of a request, and every bit of it

my $whole = Test::Conference::Turn::message(0x0003, 'x' x 12,
    $udp . attr(0x0006, 'user') . attr(0x0008, 'm' x 20));
my $it = client();

$it->put(substr $whole, 0, $_) for 1 .. length $whole;

for my $bit (0 .. 8 * length($whole) - 1) {
    my $bytes = $whole;

    vec($bytes, $bit, 1) ^= 1;
    $it->put($bytes);
}

is($turn->permit('127.0.0.1'), 0, 'the server lives on');

# ports run out and come back

my @clients = map { client() } 1 .. 8;

is(scalar(grep { $_->allocate() == 508 } @clients), 1,
    'eight ports, one of them is taken: the eighth is 508');
$_->refresh(0) for @clients;

for (1 .. 50) {
    my $again = client();

    $again->allocate(attr(0x0018, "\0")) == 0 && $again->refresh(0) == 0
        or last;
}

@clients = map { client() } 1 .. 7;
is(scalar(grep { $_->allocate() == 0 } @clients), 7,
    '4adbd82e: EVEN-PORT leaks no port');
$_->refresh(0) for @clients;

# sources that do not come back

my ($worker) = $server->workers();
my $first = Test::Conference::Turn::message(0x0003, 'y' x 12, $udp);


sub memory { return Test::Conference::Turn::memory($worker) }


sub flood
{
    my ($from, $to) = @_;

    for my $n ($from .. $to) {
        my $host = sprintf '127.%d.%d.%d', 1 + $n / 65025, $n / 255 % 255,
            1 + $n % 255;
        my $socket = IO::Socket::IP->new(LocalHost => $host, Proto => 'udp')
            or next;

        CORE::send($socket, $first, 0, pack_sockaddr_in($server->{port},
            inet_aton('127.0.0.1')));
    }

    client()->ask('binding');
}


flood(0, 999);

my $before = memory();

flood(1000, 10999);

# 50 bytes for each would be as much; with ASan what is freed stays in its
# quarantine, 256 MB of it

my $room = -e "$server->{build}/sanitizer" ? 256 * 1024 : 500;

cmp_ok(memory() - $before, '<=', $room,
    'GHSA-5x2p-4vqj-f6m4: 10000 sources leave the memory as it was (KB)');

# slow clients over TCP

my @slow = map { client(tcp => 1) } 1 .. 20;

$_->put("\0\3") for @slow;

ok(wait_for(sub {
    @slow = grep { my $socket = $_->{socket};
        !IO::Select->new($socket)->can_read(0)
            || sysread $socket, my $byte, 1 } @slow;

    return !@slow;
}, 10), 'a message that does not end, ends the connection');

my $drip = client(tcp => 1);

ok(wait_for(sub { !$drip->put("\0") }, 10), '... with a byte at a time, too');

$server->stop();

done_testing();
