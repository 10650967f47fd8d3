#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Failed sign-ins are limited per address and per account; right ones are
# free, however many come at once.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::Conference;
use Test::More;


# whoever comes from here may say who it is

my $t = Test::Conference->new(LOG_LEVEL => 'info', conf => {
    'http-realip' => "set_real_ip_from 127.0.0.1;\n"
        . "real_ip_header X-Real-IP;\n",
});
my $password = $t->admin()->{password};


sub login
{
    my ($name, $word, $address) = @_;

    return $t->request('POST', '/api/auth/login',
        json => { email => $name, password => $word },
        headers => { 'X-Real-IP' => $address });
}


sub statuses
{
    my %count;

    $count{$_->{status}}++ for @_;

    return join ' ', map { "$_:$count{$_}" } sort keys %count;
}


# many at once; answers their statuses

sub together
{
    my ($n, $json, $address) = @_;
    my $body = JSON::PP::encode_json($json);
    my @sockets = map { $t->connect() } 1 .. $n;

    for my $socket (@sockets) {
        print $socket "POST /api/auth/login HTTP/1.1\r\nHost: x\r\n"
            . "Connection: close\r\nX-Real-IP: $address\r\nContent-Length: "
            . length($body) . "\r\n\r\n$body";
        $socket->flush();
    }

    return statuses(map {
        local $/;
        Test::Conference::parse_response('POST', readline($_) // '')
    } @sockets);
}


is(statuses(map { login('admin', $password, '192.0.2.1') } 1 .. 30), '200:30',
    'successes are free');
is(together(40, { email => 'admin', password => $password }, '192.0.2.1'),
    '200:40', 'at once, too');

is(statuses(map { login("user$_", 'wrong', '192.0.2.2') } 1 .. 12),
    '401:10 429:2', 'ten failures of an address');

my $reply = login('admin', $password, '192.0.2.2');

is($reply->{status}, 429, 'then it has to wait');
like($reply->{headers}{'retry-after'}, qr/^(?:[1-5]?\d|60)$/,
    'a minute at most');
like($reply->{json}{error}, qr/^Too many failed attempts\. Try again in \d+ s/,
    'and is told so');
is(login('admin', $password, '192.0.2.3')->{status}, 200, 'others do not');

is(statuses(map { login('Admin', 'wrong', "192.0.2.$_") } 10 .. 21),
    '401:10 429:2', 'ten failures of an account');
is(login('admin', $password, '192.0.2.3')->{status}, 429,
    'then it is closed for all');

is(statuses(map { login("u$_", 'x', "2001:db8:0:1::$_") } 1 .. 12),
    '401:10 429:2', 'a /64 is one address');
is(login('u', 'x', '2001:db8:0:2::1')->{status}, 401, 'the next one another');


# the failures leave the window

$t->redis('DEL', @{ $t->redis('KEYS', 'conf:limit:*') });

is(together(40, { email => 'nobody', password => 'x' }, '192.0.2.4'),
    '401:10 429:30', 'guesses at once learn no more');

my ($key) = @{ $t->redis('KEYS', 'conf:limit:address:*') };

cmp_ok($t->redis('PTTL', $key), '<=', 60000, 'a minute is kept');

my ($member) = @{ $t->redis('ZRANGE', $key, 0, 0) };

$t->redis('ZINCRBY', $key, -61000, $member);
is(statuses(map { login("v$_", 'x', '192.0.2.4') } 1 .. 2), '401:1 429:1',
    'each failure for a minute');

$t->stop();

done_testing();
