#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# IPv6 and IPv4 in each place: the client, the relay, both relays at once.
# Tests begin with the number of a section of RFC 8656.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use IO::Select;
use Test::More;

use Test::Conference;
use Test::Conference::Ports qw(take_ports);
use Test::Conference::Turn;


my $six = Test::Conference::Turn::free_port();
my ($lock, %reserved) = take_ports();
my ($first) = split /-/, $reserved{RTC_PORTS};
my $last = $first + 1;
my $server = Test::Conference::Turn->server("
    turn_relay_address 127.0.0.1 ::1; turn_relay_ports $first-$last;
    turn_peer_allow 127.0.0.1 ::1;
    server { listen [::1]:$six udp; turn; }
    server { listen [::1]:$six; turn; }
");

my @hosts = ('127.0.0.1', '::1');
my %peers = map { $_ => Test::Conference::Turn::peer($_) } @hosts;

my $v6 = attr(0x0017, "\2\0\0\0");
my $both = attr(0x8000, "\2\0\0\0");


sub attr { return Test::Conference::Turn::attr(@_) }

sub received { return Test::Conference::Turn::received(@_) }

sub silent { return !IO::Select->new($_[0])->can_read(0.2) }


sub client
{
    my ($host, %options) = @_;

    return Test::Conference::Turn->new($server, host => $host,
        $host eq '::1' ? (port => $six) : (), %options);
}


# data to the peer and back, in indications and in a channel

sub relays
{
    my ($turn, $host, $name) = @_;

    my $peer = $peers{$host};
    my $port = $peer->sockport();

    $turn->send($host, $port, 'early');
    ok(silent($peer), "11.2: $name, nothing before the permission");
    is($turn->permit($host), 0, "10.2: $name, a permission");
    $turn->send($host, $port, 'hello');

    my ($data, $from) = received($peer);

    is($data, 'hello', "11.2: $name, Send");
    is($from, $turn->{relay_port}, "11.2: $name, from the relay");

    $turn->answer($peer, 'world');
    $data = $turn->get();
    is(unpack('n', $data), 0x0017, "11.3: $name, a Data indication");
    is(Test::Conference::Turn::read_attrs($data)->{0x0013}, 'world',
        "11.3: $name, its data");

    is($turn->bind_channel(0x4000, $host, $port), 0, "12.2: $name, a channel");
    $turn->send_channel(0x4000, 'channel');
    is(received($peer), 'channel', "12.6: $name, ChannelData");
    $turn->answer($peer, 'back');
    is($turn->get(), pack('nn', 0x4000, 4) . 'back',
        "12.7: $name, ChannelData");
}


for my $case (['127.0.0.1', '::1', 'IPv4 to IPv6'],
              ['::1', '127.0.0.1', 'IPv6 to IPv4'],
              ['::1', '::1', 'IPv6 to IPv6'])
{
    my ($host, $peer, $name) = @$case;

    for my $tcp (0, 1) {
        my $turn = client($host, tcp => $tcp);
        my $how = $name . ($tcp ? ' over TCP' : '');

        is($turn->allocate($peer eq '::1' ? $v6 : ''), 0,
            "7.2: $how, an allocation");
        is($turn->{relay}, $peer, "7.2: $how, its relay");
        is(($turn->address($turn->{answer}{0x0020}))[0], $host,
            "7.2: $how, XOR-MAPPED-ADDRESS");
        relays($turn, $peer, $how);
        is($turn->permit($peer eq '::1' ? '127.0.0.1' : '::1'), 443,
            "10.2: $how, a peer of the other family");
        is($turn->bind_channel(0x4001, $peer eq '::1' ? '127.0.0.1' : '::1',
            9), 443, "12.2: $how, nor a channel");
        is($turn->refresh(0), 0, "8.2: $how, it ends");
    }
}

# errors of IPv6 are told as those of IPv4

my $gone = Test::Conference::Turn::peer('::1');
my $dead = $gone->sockport();
my $turn = client('::1');

close $gone;
$turn->allocate($v6);
$turn->permit('::1');
$turn->send('::1', $dead, 'anybody?');

my $attrs = Test::Conference::Turn::read_attrs($turn->get() // '');

is($attrs->{0x8004}, pack('nnN', 0, 1 << 9 | 4, 0),
    '11.5: an ICMP error of IPv6 is told');
$turn->send('::1', $peers{'::1'}->sockport(), 'df', attr(0x001a, ''));
is(received($peers{'::1'}), 'df', '13.2: DONT-FRAGMENT does no harm');
$turn->refresh(0);

# two relays of one allocation

my $dual = client('127.0.0.1');

is($dual->allocate($both), 0, '7.2, 9: both families');
is($dual->{relay}, '127.0.0.1', '7.2, 9: the first one is IPv4');
ok(!defined $dual->{answer}{0x8001}, '7.2, 9: no error of the second one');

is($dual->permit('127.0.0.1', '::1'), 0, '10.2: peers of both at once');

for my $host ('::1', '127.0.0.1') {
    $dual->send($host, $peers{$host}->sockport(), 'dual');

    my ($data, $from) = received($peers{$host});

    is($data, 'dual', "11.2: Send to $host");

    @$dual{qw(relay relay_port)} = ($host, $from);
    $dual->answer($peers{$host}, "of $host");
    is(Test::Conference::Turn::read_attrs($dual->get() // '')->{0x0013},
        "of $host", "11.3: and back from $host");
}

is($dual->ask('refresh', attr(0x000d, "\0" x 4) . $v6), 0,
    '8.2: IPv6 of both ends');
is($dual->permit('::1'), 443, '8.2: there is no IPv6 any more');
$dual->send('127.0.0.1', $peers{'127.0.0.1'}->sockport(), 'left');
is(received($peers{'127.0.0.1'}), 'left', '8.2: but IPv4');
is($dual->ask('refresh', attr(0x000d, "\0" x 4) . $v6), 443,
    '8.2: it does not end twice');
is($dual->refresh(0), 0, '8.2: it ends');

# the other way round, and over a reload

is($dual->allocate($both), 0, '7.2, 9: both families again');
is($dual->ask('refresh', attr(0x000d, "\0" x 4)
    . attr(0x0017, "\1\0\0\0")), 0, '8.2: IPv4 of both ends');
is($dual->permit('127.0.0.1'), 443, '8.2: there is no IPv4 any more');
is($dual->permit('::1'), 0, '8.2: but IPv6');

my $other = client('::1');

is($other->allocate($both), 0, 'a client over IPv6 with both families');
is($other->bind_channel(0x4000 + $_, $hosts[$_],
    $peers{$hosts[$_]}->sockport()), 0, "its channel to $hosts[$_]")
    for 0, 1;

my ($former) = $server->workers();

kill 'HUP', $server->{pid};
ok(wait_for(sub { my @w = $server->workers();
    return @w == 1 && $w[0] != $former }), 'a reload');

$dual->send('::1', $peers{'::1'}->sockport(), 'six');
is(received($peers{'::1'}), 'six', '... and what is left goes on');

for my $n (0, 1) {
    my $peer = $peers{$hosts[$n]};

    $other->send_channel(0x4000 + $n, 'both');

    my ($data, $from) = received($peer);

    is($data, 'both', "... and both families, to $hosts[$n]");
    @$other{qw(relay relay_port)} = ($hosts[$n], $from);
    $other->answer($peer, 'back');
    is($other->get(), pack('nn', 0x4000 + $n, 4) . 'back',
        "... and back from $hosts[$n]");
}

is($_->refresh(0), 0, '8.2: it ends') for $dual, $other;

# the ports of one family run out

my @squatters = map { IO::Socket::IP->new(LocalHost => '127.0.0.1',
    LocalPort => $_, Proto => 'udp') } $first .. $last;

is(scalar(grep { defined } @squatters), 2, 'the ports of IPv4 are taken');
is($dual->allocate(), 508, '7.2: no port of IPv4');
is($dual->allocate($both), 0, '7.2, 9: of both one is left');
is($dual->{relay}, '::1', '7.2, 9: that of IPv6');
is($dual->{answer}{0x8001}, "\1\0\5\x08", '7.2, 9: ADDRESS-ERROR-CODE 508');
is($dual->permit('127.0.0.1'), 443, '10.2: no peer of IPv4');
relays($dual, '::1', 'what is left');
is($dual->refresh(0), 0, '8.2: it ends');

close $_ for @squatters;
is($dual->allocate($both), 0, '7.2, 9: then there are both again');
ok(!defined $dual->{answer}{0x8001}, '7.2, 9: without an error');
is($dual->refresh(0), 0, 'it ends');

$server->stop();

done_testing();
