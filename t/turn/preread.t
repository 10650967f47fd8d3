#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# One TCP port for TLS, TURN and ICE: the first bytes tell who gets a
# connection.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use IO::Select;
use IO::Socket::IP;
use Socket qw(IPPROTO_TCP TCP_NODELAY);
use Test::More;

use Test::Conference;
use Test::Conference::Turn;
use Test::Conference::TurnTcp;


# who is behind it: the SFU's media port, a web server, everybody else

my ($media, $web, $rest) = map { tcp_peer() } 1 .. 3;
my ($media_port, $web_port, $rest_port) = map { $_->sockport() }
    $media, $web, $rest;
my ($shared, $tls, $turn, $same) = map {
    Test::Conference::Turn::free_port()
} 1 .. 4;

my $server = Test::Conference::Turn->server(<<"CONF", tls => 1);
    turn_sfu_ports $media_port;
    preread_timeout 1s;

    map \$turn_preread_protocol:\$turn_preread_port:\$ssl_preread_server_name
        \$backend
    {
        ~^ice:(?<media>\\d+):   127.0.0.1:\$media;
        ~^stun:               127.0.0.1:$turn;
        "::web.example"       127.0.0.1:$web_port;
        default               127.0.0.1:$rest_port;
    }

    server {
        listen          127.0.0.1:$shared;
        ssl_preread     on;
        turn_preread    on;
        proxy_protocol  on;
        proxy_pass      \$backend;
    }

    server {
        listen               127.0.0.1:$tls ssl;
        ssl_certificate      turn.crt;
        ssl_certificate_key  turn.key;
        turn_preread         on;
        proxy_protocol       on;
        proxy_pass           \$backend;
    }

    server {
        listen             127.0.0.1:$turn proxy_protocol;
        set_real_ip_from   127.0.0.1;
        turn;
    }

    server {
        listen        127.0.0.1:$same;
        turn_preread  on;
        turn;
    }
CONF


# a check of ICE in its frame, for the port of a worker

sub check
{
    my ($port, %options) = @_;

    my $name = $options{name} // sprintf '%05dabcdefghijkl:abcd', $port;
    my $message = Test::Conference::Turn::message(1, 'x' x 12,
        Test::Conference::Turn::attr(0x0024, 'prio')
        . Test::Conference::Turn::attr(0x0006, $name));

    return pack('n', length $message) . $message;
}


sub client
{
    my ($port) = @_;

    my $client = IO::Socket::IP->new(PeerHost => '127.0.0.1',
        PeerPort => $port // $shared) or die "connect: $!\n";

    setsockopt $client, IPPROTO_TCP, TCP_NODELAY, 1;

    return $client;
}


sub put
{
    my ($socket, $bytes) = @_;

    local $SIG{PIPE} = 'IGNORE';

    return syswrite $socket, $bytes;
}


# what a client's connection brings behind nginx

sub header
{
    my ($client, $to) = @_;

    return sprintf "PROXY TCP4 127.0.0.1 127.0.0.1 %d %d\r\n",
        $client->sockport(), $to // $shared;
}


sub comes_to
{
    my ($peer, $client, $bytes, $name) = @_;

    my $there = accepted($peer);
    my $wanted = header($client) . $bytes;

    is($there && bytes($there, length $wanted), $wanted, $name);

    return $there;
}


# ICE

my $client = client();
my $check = check($media_port);

put($client, $check);

my $there = comes_to($media, $client, $check, 'a check goes to its worker');

put($there, 'answer');
is(bytes($client, 6), 'answer', '.. and is answered');

my $slow = client();

put($slow, $_) for split //, $check;
comes_to($media, $slow, $check, 'a check byte by byte');

# TURN

my $long = Test::Conference::Turn->new({ port => $shared }, tcp => 1);

is($long->allocate(), 0, 'Allocate reaches the TURN server');
is(($long->address($long->{answer}{0x0020}))[1], $long->{socket}->sockport(),
    '.. which knows the client');
is($long->permit('127.0.0.1'), 0, '.. and goes on');

# two who share an address and a port went to two addresses of the host

my @twins = map { Test::Conference::Turn->new({ port => $turn }, tcp => 1) }
    1, 2;

$_->put("PROXY TCP4 192.0.2.1 192.0.2.2 4711 443\r\n") for @twins;
is(join(' ', map { $_->allocate() } @twins), '0 0',
    'clients behind one address are not taken for one');

is(Test::Conference::Turn->new({ port => $same }, tcp => 1)->allocate(), 0,
    'the TURN server may be the one that looks');

# TLS, which ends here

my $turns = Test::Conference::Turn->new({ tls_port => $tls }, tls => 1);

is($turns->allocate(), 0, 'Allocate in TLS');

my $ice = Test::Conference::Turn::tls_socket('-connect',
    "127.0.0.1:$tls");

put($ice, $check);
$there = accepted($media);
like($there && bytes($there, length($check) + 44),
    qr/^PROXY TCP4 [\d. ]+\r\n\Q$check\E/, 'a check in TLS');

# TLS, which goes on

open my $openssl, '|-', "openssl s_client -quiet -servername web.example"
    . " -connect 127.0.0.1:$shared >/dev/null 2>&1" or die "openssl: $!\n";
$there = accepted($web);
like($there && bytes($there, 60), qr/^PROXY TCP4 [\d. ]+\r\n\x16\x03/,
    'a ClientHello goes where its name leads');
close $there;
close $openssl;

# others, and what is hostile

for my $case (
    ['HTTP', "GET / HTTP/1.1\r\n\r\n"],
    ['a header of PROXY', "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n"],
    ['no protocol', "\xff" x 5],
    ['zeros', "\0" x 100],
    ['a port outside of the range', check($media_port + 1)],
    ['a port that is none', check(0, name => '99999abcdefghijkl:abcd')],
    ['a ufrag of 509 bytes', check(0, name => sprintf('%05d', $media_port)
        . 'x' x 504)],
    ['a check of 60000 bytes', check(0, name => 'x' x 60000)],
    ['a check without a colon', check(0, name => "$media_port")],
) {
    my ($name, $bytes) = @$case;
    my $it = client();

    put($it, $bytes);

    my $first = substr $bytes, 0, 100;

    comes_to($rest, $it, $first, "$name: elsewhere");
}

# half of it is not enough, and time runs out

my @slow = map {
    my $it = client();

    put($it, $_) if length;
    $it;
} '', "\0", "\xff", substr($check, 0, 30), "\x16\x03\x01";

is(scalar(grep { at_end($_) } @slow), @slow, 'who says half of it is closed');

# a worker ends

my $dead = client();

put($dead, $check);
$there = comes_to($media, $dead, $check, 'a check once more');
close $there;
ok(at_end($dead), 'the connection ends with that of the worker');

# a reload

my $living = client();

put($living, $check);
$there = comes_to($media, $living, $check, 'and once more');

my ($worker) = $server->workers();

kill 'HUP', $server->{pid};
wait_for(sub { grep { $_ != $worker } $server->workers() });

put($living, 'here');
is(bytes($there, 4), 'here', 'after a reload it goes on');
put($there, 'there');
is(bytes($living, 5), 'there', '.. both ways');
is($long->refresh(600), 0, '.. and so does TURN');

my $new = client();

put($new, $check);
comes_to($media, $new, $check, 'new ones come');

# no worker

close $media;

my $late = client();

put($late, $check);
ok(at_end($late), 'without the worker it ends at once');

# a worker that is leaving has nothing left

close $_ for $client, $slow, $living, $new, map { $_->{socket} } $long, $turns,
    @twins;
close $ice;
ok(wait_for(sub { $server->workers() == 1 }), 'the old worker leaves');

$server->stop();

done_testing();
