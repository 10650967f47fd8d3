#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Input that wants to break something: it is refused or stored as it is, and
# the worker lives.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::Conference;
use Test::More;


my $t = Test::Conference->new(LOG_LEVEL => 'info');
my $create = '/api/conferences/create';
my ($worker) = $t->worker_pids();


sub send_body
{
    my ($content, $type) = @_;

    return $t->request('POST', $create, token => $t->token(),
        content => $content, headers => { 'Content-Type' => $type });
}


my @refused = (
    '{"name":"\u0000"}', '{"name":"a\u0000b"}', "{\"name\":\"a\0b\"}",
    "{\"name\":\"\xff\xfe\"}", "{\"name\":\"\xc0\x80\"}",
    "{\"name\":\"\xed\xa0\x80\"}", '{"name":"\ud800"}',
    "{\"name\":\"a\r\nSET x y\"}", '[' x 60_000, '{"a":' x 10_000,
    '{"name":"x","name":"y"}', '{"name":1e999}', "\xef\xbb\xbf{\"name\":\"x\"}",
    '{"name":"x","max_participants":99999999999999999999}',
    '{"name":{"$gt":""}}', "\0", "{\"name\":\"x\"}\0", '"', '{', 'null',
);

is(send_body($_, 'application/json')->{status}, 400,
    'refused: ' . substr(s/[^!-~]/?/gr, 0, 40)) for @refused;

is(send_body('x' x 1_000_000, 'application/json')->{status}, 413, '1 MB');
is(send_body('%', 'application/x-www-form-urlencoded')->{status}, 400, '%');
is(send_body('name=%ff', 'application/x-www-form-urlencoded')->{status}, 400,
    'no UTF-8 in a form');
is(send_body(join('&', map { "a$_=1" } 1 .. 100), undef)->{status}, 400,
    'a hundred arguments');

my @kept = ('%n%s%n%s', '*3$3', "') redis.call('FLUSHALL') --",
    '"}],"x":"', '<script>', "\x{1F600}\x{202e}", '\\', "%00", '${x}');

for my $name (@kept) {
    my $reply = $t->post($create, { name => $name });

    is($reply->{json}{name}, $name, 'kept: ' . JSON::PP->new->ascii
        ->allow_nonref->encode($name));
}

is($t->post('/api/conferences/getAll', { search => $_ })->{status}, 200,
    "search for $_") for '%', '[', '(', '\\', "'";


# ids that are keys

is($t->post('/api/conferences/getById', { id => $_ })->{status}, 400,
    'id ' . JSON::PP->new->allow_nonref->ascii->encode($_))
    for '*', '../', "x\r\nFLUSHALL\r\n", 'f' x 23, 'f' x 25, [], {}, 1;

my @logins = map { $t->request('POST', '/api/auth/login', json =>
    { email => $_, password => $_ })->{status} }
    "admin\n", 'x' x 200, 'conf:user:1', '*', "\x{20ac}" x 200;

is("@logins", '400 401 401 401 400', 'names of users');


# heads of requests

my $host = 'Host: 127.0.0.1';

for my $case (
    [ "GET /api/\0 HTTP/1.1\r\n$host\r\n\r\n", 'NUL in the path' ],
    [ "POST $create HTTP/1.1\r\n$host\r\nContent-Length: -1\r\n\r\n",
        'a negative length' ],
    [ "POST $create HTTP/1.1\r\n$host\r\nTransfer-Encoding: chunked\r\n"
        . "Content-Length: 5\r\n\r\n0\r\n\r\n", 'two lengths' ],
    [ "POST $create HTTP/1.1\r\n$host\r\nTransfer-Encoding: chunked\r\n\r\n"
        . "fffffffffffffffff\r\n", 'a huge chunk' ],
    [ "POST $create HTTP/1.1\r\n\r\n", 'no host' ])
{
    my ($bytes, $name) = @$case;
    my $reply = Test::Conference::parse_response('GET', $t->raw($bytes));

    is($reply->{status} >= 400 && $reply->{json}{success}, JSON::PP::false(),
        $name);
}

# x-access-token twice, very long, with strange bytes

for my $token ("\xff" x 100, '.' x 1000, 'e30.e30.e30', "a.b.c, d.e.f") {
    is($t->request('POST', $create, json => {}, token => $token)->{status},
        401, 'token ' . substr $token =~ s/[^!-~]/?/gr, 0, 20);
}

# a body that never comes, and clients that go in the middle of everything

for my $bytes ("POST $create HTTP/1.1\r\n$host\r\nContent-Length: 100\r\n\r\n{",
    "POST /api/auth/login HTTP/1.1\r\n$host\r\nContent-Length: 32\r\n\r\n"
        . '{"email":"admin","password":"x"}',
    "POST $create HTTP/1.1\r\n$host\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n",
    "POST $create HTTP/1.1\r\n$host\r\nExpect: 100-continue\r\n"
        . "Content-Length: 10\r\n\r\n")
{
    for (1 .. 5) {
        my $socket = $t->connect();

        print $socket $bytes;
        $socket->flush();
        close $socket;
    }
}

is($t->get('/healthz')->{status}, 200, 'it serves');
is(($t->worker_pids())[0], $worker, 'and the worker is still the same');

$t->stop();

done_testing();
