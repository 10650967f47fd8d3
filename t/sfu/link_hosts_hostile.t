#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Strangers at a worker's port for other hosts: who has no TLS with the secret
# of the installation gets no further, costs little, and keeps nobody out.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Digest::SHA qw(hmac_sha256);
use IO::Select;
use IO::Socket::IP;
use Time::HiRes qw(time);

use Test::Conference;
use Test::Conference::Probe;
use Test::Conference::Servers;
use Test::More;


if (!$ENV{NODE_1}) {
    exec "$FindBin::Bin/../lib/own-nodes", $^X, $0 or die "own-nodes: $!\n";
}

my $redis = Test::Conference::Servers->new();

sub probe
{
    my ($node, %options) = @_;

    return Test::Conference::Probe->new('link', $redis->url(), WORKERS => 1,
        LOG_LEVEL => 'info', NETWORK => $ENV{"NODE_$node"},
        node => "198.18.0.$node", %options);
}

my $one = probe(1);
my $two = probe(2);
my $other = probe(2, secret => 'the secret of another installation');
my $port = $one->ask('port');
my ($w1, $w2) = map { $_->ask('wid') } $one, $two;


sub connection
{
    return IO::Socket::IP->new(PeerHost => '198.18.0.1', PeerPort => $port)
        // die "connect: $!\n";
}


# all that comes until the end

sub rest
{
    my ($socket, $seconds) = @_;
    my $got = '';

    while (IO::Select->new($socket)->can_read($seconds // 10)) {
        my $n = sysread $socket, $got, 65536, length $got;

        return $got if !$n;
    }

    return;
}


# plaintext and garbage: an alert of TLS (RFC 8446, 5.1) at most

my $hello = pack 'a4 C a16 a16 Q> Q> a32', 'conf', 1, $w2, $w1, 1, 0, 'n' x 32;

my @garbage = (
    ['a hello without TLS', $hello],
    ['noise', 'x' x 300],
    ['HTTP', "GET / HTTP/1.1\r\nHost: x\r\n\r\n"],
    ['zeroes', "\0" x 1000],
    ['a record that is too long', "\x16\x03\x01\xff\xff" . 'x' x 70000],
    ['much', 'conf' x 100000],
);

for my $case (@garbage) {
    my ($name, $bytes) = @$case;
    my $socket = connection();

    $socket->blocking(0);
    syswrite $socket, $bytes;

    like(rest($socket), qr/^(?:\x15\x03.*)?$/s, $name);
}

# TLS of others: without a key, with another one, an older version

sub openssl
{
    my (@options) = @_;

    open my $pipe, '-|', 'sh', '-c', 'exec timeout 10 openssl s_client "$@"'
        . ' 2>&1 < /dev/null', 'sh', '-connect', "198.18.0.1:$port", @options
        or die "openssl: $!\n";
    local $/;

    return readline $pipe;
}

my @psk = ('-psk_identity', 'conference', '-psk');

my $key = unpack 'H*', hmac_sha256("conference link tls\1",
    hmac_sha256('the secret of a test', "\0" x 32));
my $done = qr/^(?:New|Reused), TLSv1/m;

like(openssl('-tls1_3', @psk, $key), $done, 'TLS with the secret');
unlike(openssl(@$_), $done, "TLS with @$_")
    for ['-tls1_3'], ['-tls1_2'], ['-tls1_3', @psk, '00' x 32],
        ['-tls1_2', @psk, '00' x 32],
        ['-tls1_3', '-psk_identity', 'x', '-psk', '00' x 32];

# who has the secret, and says what is no handshake of links after TLS

sub speak
{
    my ($bytes) = @_;

    my $pid = open my $pipe, '|-', 'exec timeout 10 openssl s_client -quiet'
        . " -tls1_3 @psk $key -connect 198.18.0.1:$port > /dev/null 2>&1"
        or die "openssl: $!\n";

    $pipe->autoflush(1);
    local $SIG{PIPE} = 'IGNORE';
    print $pipe $bytes;

    # it stays until the other end closes

    $pipe->close();

    return $? >> 8;
}

for my $case (['noise', join '', map { chr rand 256 } 1 .. 100000],
    ['HTTP', "GET / HTTP/1.1\r\n\r\n" . ' ' x 100],
    ['a hello and noise', $hello . 'x' x 1000],
    ['a hello and nothing', $hello],
    ['half of a hello', substr $hello, 0, 40],
    ['frames without a hello', "\0\0\0\1\3x" x 1000])
{
    my ($name, $bytes) = @$case;

    isnt(speak($bytes), 124, "over TLS, $name: closed in time");
}

is($one->stats()->{connects}, 0, '.. and nobody got in');

# another installation finds it in the same Redis

is($other->ask('hold', $w1), 0, 'another installation');
ok(wait_for(sub { $other->stats()->{failures} >= 3 }), 'tries');
is($other->stats()->{connects}, 0, '.. in vain');
is($other->ask('release', $w1), 0, 'and gives up');

# slow and silent ones: of one address only so many, for a while only

my $begin = time;
my @idle = map { connection() } 1 .. 20;

is(scalar(grep { defined rest($_, 2) } @idle[0 .. 11]), 12,
    'only eight of an address, the oldest go');

# others come in meanwhile

is($one->ask('hold', $w2), 0, 'a link');
ok($one->says(qr/^up $w2/m, 4), 'is up beside them');
ok(time - $begin < 5, '.. before they are closed');

is(scalar(grep { defined rest($_, 8) } @idle[12 .. 19]), 8,
    'the slow ones are closed');
ok(time - $begin < 9, 'in time');

# the same again: nothing of it is left

for my $round (1 .. 200) {
    my $socket = connection();
    syswrite $socket, substr $hello, 0, $round % 85;
}

is($one->ask('send', $w2, 3, 'still'), 0, 'a message');
ok($one->says(qr/^message $w2 still/m), 'is echoed');
is($one->stats()->{connects}, 1, 'nobody else got in');

# of IPv6 anybody has a /64: all of its addresses are one

sub address
{
    my ($pid, @words) = @_;

    system('nsenter', "--net=/proc/$pid/ns/net", 'ip', '-6', 'address', 'add',
        @words, 'nodad') == 0 or die "ip address\n";
}

my ($here, $there) = ('fd00:1::', 'fd00:2::');

address($ENV{NODE_1}, "${here}1/16", 'dev', 'host0');
address($$, "${here}1:$_/16", 'dev', 'nodes') for 1 .. 12;
address($$, "${there}1/16", 'dev', 'nodes');

my $six = probe(1, node => "${here}1");
my $six_port = $six->ask('port');

sub connection_from
{
    my ($address) = @_;

    return IO::Socket::IP->new(PeerHost => "${here}1", PeerPort => $six_port,
        LocalHost => $address) // die "connect: $!\n";
}

my $neighbour = connection_from("${there}1");
my @many = map { connection_from("${here}1:$_") } 1 .. 12;

is(scalar(grep { defined rest($_, 2) } @many[0 .. 3]), 4,
    'only eight of a /64, the oldest go');
ok(!IO::Select->new($neighbour)->can_read(0), '.. and none of another one');

$_->stop() for $one, $two, $other, $six;

done_testing();
