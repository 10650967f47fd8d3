#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Advisories on other TURN servers and attacks of people with credentials, on
# the wire.  What needs no sockets is in t/unit/test_turn_recipes.c.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Digest::SHA qw(hmac_sha1_base64);
use IO::Select;
use Socket qw(inet_aton pack_sockaddr_in);
use Test::More;
use Time::HiRes qw(time);

use Test::Conference;
use Test::Conference::Ports qw(take_ports);
use Test::Conference::Turn;
use Test::Sources qw(read_source);


my ($lock, %reserved) = take_ports();
my ($first) = split /-/, $reserved{RTC_PORTS};
my $last = $first + 7;

my $wildcard = Test::Conference::Turn::free_port();
my $server = Test::Conference::Turn->server("turn_relay_ports $first-$last;
    turn_relay_address 127.0.0.1 ::1; turn_peer_allow public 127.0.0.1;
    turn_max_user_allocations 100; turn_client_timeout 2s;
    server { listen $wildcard udp; turn; }
");
my $peer = Test::Conference::Turn::peer();
my $port = $peer->sockport();


sub client { return Test::Conference::Turn->new($server, @_) }

sub attr { return Test::Conference::Turn::attr(@_) }

sub message { return Test::Conference::Turn::message(@_) }

sub received { return scalar Test::Conference::Turn::received($peer, @_) }


# permissions

for my $tcp (0, 1) {
    my $name = 'pion #570, ' . ($tcp ? 'TCP' : 'UDP');
    my $turn = client(tcp => $tcp);

    $turn->allocate();
    $turn->send('127.0.0.1', $port, 'no permission');
    $turn->send_channel(0x4000, 'no channel');
    $turn->answer($peer, 'from a stranger');
    ok(!defined received(0.2), "$name: nothing goes without a permission");
    ok(!defined $turn->get(0.2), "$name: and nothing comes");

    $turn->permit('127.0.0.1');
    $turn->answer(Test::Conference::Turn::peer('127.0.0.2'), 'a neighbour');
    ok(!defined $turn->get(0.2), "$name: nor from an address beside it");
    $turn->answer($peer, 'a friend');
    like($turn->get() // '', qr/a friend/, "$name: with one it does");
    is($turn->refresh(0), 0, "$name: it ends");
}

# listeners of this nginx, whatever name they have

my $turn = client();

$turn->allocate();

for my $host (qw(127.0.0.1 127.0.0.5)) {
    is($turn->bind_channel(0x4010, $host, $wildcard), 403,
        "RFC 8656, 21.1.7: no way to a listener by $host");
}

is($turn->permit($_), 403, "no way to a service on $_")
    for qw(127.0.0.2 10.0.0.1 172.17.0.1 192.168.0.1 169.254.169.254);

# A relay is the peer of another one and back: what arrives goes to the
# client, never on.

my $second = client();

$second->allocate();
is($turn->bind_channel(0x4001, $second->{relay}, $second->{relay_port}), 0,
    'two allocations: the first one may write to the second one');
is($second->bind_channel(0x4001, $turn->{relay}, $turn->{relay_port}), 0,
    '... and back');

$turn->send_channel(0x4001, 'round');
is($second->get(), pack('nn', 0x4001, 5) . 'round', '... what is sent, comes');
ok(!defined $turn->get(0.2) && !defined $second->get(0.1),
    '... once, and does not go round');

$second->send_channel(0x4001, pack('nn', 0x4001, 5) . 'round');
is($turn->get(), pack('nn', 0x4001, 9) . pack('nn', 0x4001, 5) . 'round',
    '... ChannelData in it is data');
ok(!defined $second->get(0.2), '... and does not go back');

# its own relay

is($turn->bind_channel(0x4002, $turn->{relay}, $turn->{relay_port}), 0,
    'a relay may write to itself');
$turn->send_channel(0x4002, 'echo');
is($turn->get(), pack('nn', 0x4002, 4) . 'echo', '... it comes back');
ok(!defined $turn->get(0.2), '... once');

$_->refresh(0) for $turn, $second;

# names are bytes, in the log, too

my $user = (time + 3600 | 0) . ':%n%s%n%1$n';

$turn = client(user => $user,
    password => hmac_sha1_base64($user, 'north') . '=');
is($turn->allocate(), 0, 'GHSA-4g7c-p5wg-j4hp: a good name with %n%s');
is($turn->refresh(0), 0, '... ends');

# frames of a stream

my $tcp = client(tcp => 1);

is($tcp->allocate(), 0, 'an allocation over TCP');
$tcp->bind_channel(0x4000, '127.0.0.1', $port);

# Send indications behind ChannelData of any length, in one segment

my $burst = '';

for my $n (0 .. 7) {
    my $data = 'x' x $n;

    $burst .= pack('nn', 0x4000, $n) . $data . "\0" x (-$n & 3)
        . message(0x0016, 'indication..', attr(0x0012,
            Test::Conference::Turn::xor_addr('127.0.0.1', $port,
                'indication..')) . attr(0x0013, "odd$n"));
}

$tcp->put($burst);
is(join(' ', map { received() // 'none' } 1 .. 16),
    join(' ', map { ('x' x $_, "odd$_") } 0 .. 7),
    'CVE-2026-40613: frames of odd lengths over TCP');

$tcp->put($_) for split //, substr $burst, 0, 80;
is(received(), '', '... and a byte at a time');
is(received(), 'odd0', '... in order');
is(received(), 'x', '... as far as it has come');

$tcp->put(substr $burst, 80);
is(join(' ', map { received() // 'none' } 1 .. 13),
    join(' ', 'odd1', map { ('x' x $_, "odd$_") } 2 .. 7), '... and the rest');

# half a message, behind an allocation

$tcp->put("\0\4\0\x08");

my $start = time;

ok(wait_for(sub { IO::Select->new($tcp->{socket})->can_read(0)
    && !sysread $tcp->{socket}, my $byte, 1 }, 10),
    'a message that does not end, ends an allocation, too');
cmp_ok(time - $start, '>', 1, '... not at once');

for my $bytes (pack('nn', 0x0003, 0xfffc), pack('nn', 0x0003, 0xffff),
               pack('nn', 0x4000, 0xffff), pack('nn', 0x4000, 0xfffd),
               pack('nn', 0x8000, 4), pack('nnN', 0x0003, 8, 0xdeadbeef))
{
    my $it = client(tcp => 1);

    $it->put($bytes);
    ok(IO::Select->new($it->{socket})->can_read(1)
        && !sysread($it->{socket}, my $byte, 1),
        'coturn #1964: closed at once: ' . unpack 'H*', $bytes);
}

# the pool of ports

sub exhausted
{
    my ($family) = @_;
    my (@clients, $code);

    do {
        push @clients, client();
        $code = $clients[-1]->allocate($family);
    } while $code == 0 && @clients < 20;

    $_->refresh(0) for @clients;

    return $code == 508 ? scalar @clients - 1 : "not by 508: $code";
}

my $v6 = attr(0x0017, "\2\0\0\0");

is(exhausted(''), 8, '508 when all ports are taken');
is(exhausted($v6), 8, '... of IPv6, too');

$turn = client();

my $rounds = 0;

$rounds++ while $rounds < 1000
    && $turn->allocate(attr(0x0018, "\0")) == 0 && $turn->refresh(0) == 0;

is($rounds, 1000, '4adbd82e: 1000 allocations with EVEN-PORT, R=0');
is(exhausted(''), 8, '... and the pool is as it was');

# pairs: four even ports, four reservations, which others come for

my @pairs = map { client() } 1 .. 5;

is(join(' ', map { $_->allocate(attr(0x0018, "\x80")) } @pairs),
    '0 0 0 0 508', 'pairs: four of them are all');
is(client()->allocate(), 508, '... nothing is left');

my @odd = map { client(tcp => 1) } 1 .. 4;

is(join(' ', map { $odd[$_]->allocate(
        attr(0x0022, $pairs[$_]{answer}{0x0022})) } 0 .. 3),
    '0 0 0 0', '... but what is reserved');
is(join(' ', sort map { $_->{relay_port} } @pairs[0 .. 3], @odd),
    join(' ', $first .. $last), '... which is all there is');

# half of them say goodbye, half of them are gone

$_->refresh(0) for @pairs[0 .. 3];
close $_->{socket} for @odd;
ok(wait_for(sub { exhausted('') eq 8 }), '... and all comes back');

# what is asked without knowing anything costs no memory: with integrity

my ($worker) = $server->workers();


sub memory { return Test::Conference::Turn::memory($worker) }


sub flood
{
    my ($from, $to) = @_;

    my $forged = message(0x0003, 'z' x 12, attr(0x0019, "\x11\0\0\0")
        . attr(0x0006, 'user') . attr(0x0014, 'turn')
        . attr(0x0015, 'obMatJos2gAAA' . 'A' x 16) . attr(0x0008, 'm' x 20));

    for my $n ($from .. $to) {
        my $socket = Test::Conference::Turn::peer(sprintf '127.%d.%d.%d',
            100 + $n / 65025, $n / 255 % 255, 1 + $n % 255);

        send $socket, $forged, 0, pack_sockaddr_in($server->{port},
            inet_aton('127.0.0.1'));
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
    'GHSA-5x2p-4vqj-f6m4: 10000 forged ones with integrity (KB)');

# coturn #1869, as it is written

my $folder = 'ngx_rtc_turn_module/core';

for my $file ("$folder/rtc_turn_msg.c", "$folder/rtc_turn_nonce.c") {
    my $source = read_source($file);

    ok($source =~ /!rtc_equal\(/ && $source !~ /memcmp\(/,
        "coturn #1869: $file compares digests in constant time");
}

is(client()->allocate(), 0, 'the server lives on');
$server->stop();

# a client that scans: of this host there is the SFU and nothing else

my $media = $first + 8;
my $end = $media + 3;

$server = Test::Conference::Turn->server("turn_peer_allow sfu;
    turn_sfu_address 127.0.0.1; turn_sfu_ports $media-$end;");

my $sfu = IO::Socket::IP->new(LocalHost => '127.0.0.1', LocalPort => $media,
    Proto => 'udp') or die "sfu: $!\n";

$turn = client();
is($turn->allocate(), 0, 'relays to the SFU');
is($turn->permit('127.0.0.1'), 0, '... whose address is permitted');

my @scanned = (1, 22, 53, 80, 443, 6379, $server->{port}, $port, $media - 1,
    $end + 1, 65535);

is(join(' ', map { $turn->bind_channel(0x4000 + $_, '127.0.0.1',
        $scanned[$_]) } 0 .. $#scanned),
    join(' ', (403) x @scanned), 'a scan: Redis and all others are 403');

$turn->send('127.0.0.1', $_, 'scan') for @scanned, 1024 .. 1280;
ok(!defined received(0.2), '... and get no datagram');
ok(!defined $turn->get(0.2), '... of which no error tells anything');

$turn->send('127.0.0.1', $media, 'media');
is(scalar Test::Conference::Turn::received($sfu), 'media',
    '... but the SFU does');

$server->stop();

done_testing();
