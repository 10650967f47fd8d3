#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# RFC 8656 on the wire: what the unit test of the server does not see, sockets
# and what goes through them.  Tests begin with the number of a section.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::More;

use Test::Conference;
use Test::Conference::Turn;


my $server = Test::Conference::Turn->server(
    'turn_max_user_allocations 6; turn_relay_address 127.0.0.1 ::1;');
my $peer = Test::Conference::Turn::peer();
my $port = $peer->sockport();


sub client { return Test::Conference::Turn->new($server, @_) }

sub attr { return Test::Conference::Turn::attr(@_) }

sub received { return scalar Test::Conference::Turn::received($peer) }

my $udp = attr(0x0019, "\x11\0\0\0");


for my $tcp (0, 1) {
    my $name = $tcp ? 'TCP' : 'UDP';
    my $turn = client(tcp => $tcp);

    is($turn->ask('allocate', '', once => 1), 401,
        "5: $name, without credentials 401");
    is($turn->allocate(), 0, "7.2: $name, an allocation");
    cmp_ok($turn->{relay_port}, '>=', 49152, '7.2: a port of the range');
    is($turn->allocate(), 437, '7.2: a second one is 437');

    $turn->send('127.0.0.1', $port, 'early');
    is($turn->permit('127.0.0.1'), 0, '10.2: a permission');
    $turn->send('127.0.0.1', $port, 'hello');

    my ($data, $from) = Test::Conference::Turn::received($peer);

    is($data, 'hello', '11.2: data arrives, none before the permission');
    is($from, $turn->{relay_port}, '11.2: from the relayed address');

    $turn->answer($peer, 'world');

    my $message = $turn->get();

    is(unpack('n', $message), 0x0017, '11.3: a Data indication');
    is(Test::Conference::Turn::read_attrs($message)->{0x0013}, 'world',
        '11.3: with the data');

    is($turn->bind_channel(0x4001, '127.0.0.1', $port), 0, '12.2: a channel');
    $turn->send_channel(0x4001, 'abcde');
    is(received(), 'abcde', '12.6: ChannelData');
    $turn->send_channel(0x4001, '');
    is(received(), '', '12.6: without a byte');

    $turn->answer($peer, 'vwxyz');
    is($turn->get(), pack('nn', 0x4001, 5) . 'vwxyz'
        . ($tcp ? "\0\0\0" : ''), '12.7: and back');

    # loopback has more addresses than one

    my $stranger = IO::Socket::IP->new(LocalHost => '127.0.0.9',
        Proto => 'udp');

    $turn->answer($stranger, 'bad');
    $turn->answer($peer, 'good');
    like($turn->get(), qr/good/, '9: nothing from others');

    is($turn->refresh(0), 0, '8.2: it ends');
    is($turn->permit('127.0.0.1'), 437, '8.2: then it is 437');
}

my $six = client();

is($six->ask('allocate', $udp . attr(0x0017, "\2\0\0\0")), 0,
    '7.2: an IPv6 allocation');
is(length $six->{answer}{0x0016}, 20, '7.2: has an IPv6 address');
is($six->permit('127.0.0.1'), 443, '10.2: and no peers of IPv4');
is($six->refresh(0), 0, 'it ends');

my $even = client();
my $odd = client();

is($even->allocate(attr(0x0018, "\x80")), 0, '7.2: EVEN-PORT');
is($even->{relay_port} % 2, 0, '7.2: is even');
is($odd->ask('allocate', $udp . attr(0x0022, $even->{answer}{0x0022})), 0,
    '7.2: RESERVATION-TOKEN');
is((unpack 'CCn', $odd->{answer}{0x0016})[2] ^ 0x2112,
    $even->{relay_port} + 1, '7.2: is the next port');
is($_->refresh(0), 0, 'it ends') for $even, $odd;

my @clients = map { client() } 1 .. 7;
my $other = client(user => 'other');

is(join(' ', map { $_->allocate() } @clients), '0 0 0 0 0 0 486',
    '7.2: the quota of a user');
is($clients[0]->refresh(0), 0, 'one less');
is($clients[6]->allocate(), 0, '... and there is room');
is($other->allocate(), 0, 'others have their own');
$_->refresh(0) for @clients[1 .. 6], $other;

my $turn = client();
my $gone = Test::Conference::Turn::peer();
my $dead = $gone->sockport();

close $gone;
$turn->allocate();
$turn->permit('127.0.0.1');
$turn->send('127.0.0.1', $dead, 'anybody?');

my $attrs = Test::Conference::Turn::read_attrs($turn->get() // '');

is($attrs->{0x8004}, pack('nnN', 0, 3 << 9 | 3, 0),
    '11.5: an ICMP error is told');
ok(!defined $attrs->{0x0013}, '11.5: without data');
$turn->send('127.0.0.1', $port, 'still here');
is(received(), 'still here', '11.5: and the relay works on');

$turn->send('127.0.0.1', $port, 'df', attr(0x001a, ''));
is(received(), 'df', '15: DONT-FRAGMENT');
$turn->send('127.0.0.1', $port, 'no df');
is(received(), 'no df', '15: and without it');

# IP_TOS of the client, IP_RECVTOS of the peer

setsockopt $turn->{socket}, 0, 1, pack 'i', 0xb8;
setsockopt $peer, 0, 13, pack 'i', 1;
$turn->send('127.0.0.1', $port, 'marked');
is(received(), 'marked', '16: marked data arrives');

$server->stop();

done_testing();
