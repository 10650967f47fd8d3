#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Addresses of meetings, and the health check.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::Conference;
use Test::More;


my $t = Test::Conference->new();
my $id = $t->create_room(name => 'x')->{_id};
my $closed = $t->create_room(name => 'x', active => JSON::PP::false())->{_id};


for my $folder ('/conferences', '/conferences-view-mode') {
    for my $path ("$id", "$id/", "$id?displayName=A", $closed) {
        my $reply = $t->get("$folder/$path");

        is($reply->{status}, 200, "$folder/$path");
        like($reply->{content}, qr/js\/pages\/meeting\.js/, 'the meeting page');
        like($reply->{headers}{'content-security-policy'},
            qr/frame-ancestors \*/, 'may be framed');
    }

    for my $path ('0' x 24, 'x', '', uc $id, "${id}0", "$id/x", "$id%0a",
        "*", "$id:rev", '%25n%25s')
    {
        my $reply = $t->get("$folder/$path");

        is($reply->{status}, 404, "$folder/$path is not there");
        like($reply->{content}, qr/js\/pages\/error\.js/, 'a page says so');
    }

    is($t->get("$folder/$_")->{status}, 400, "$folder/$_ is no address")
        for "$id%00", '%n%s';

    is($t->request('HEAD', "$folder/$id")->{status}, 200, 'HEAD');
    is($t->request('POST', "$folder/$id", content => 'x')->{status}, 405,
        'POST');
}

my $test = $t->get('/connection-test?lang=de');

is($test->{status}, 200, 'the test of the connection');
like($test->{headers}{'content-security-policy'},
    qr/connect-src 'self' ws: wss:; .*frame-ancestors 'none'/,
    'asks this server only');
like($t->get('/')->{headers}{'content-security-policy'},
    qr/connect-src 'self' ws: wss: https:;/,
    'the dashboard may see whether names answer');
is($t->request('HEAD', '/')->{headers}{'access-control-allow-origin'}, '*',
    'the SDK may see whether the server is there');
is($t->get('/')->{headers}{'access-control-allow-origin'}, undef,
    'and read nothing');
is($t->get('/connection-test/')->{status}, 404, 'it has no folder');

is($t->get('/conf-api-error')->{status}, 404, 'an internal location');
is($t->get('/healthz')->{content}, '{"status":"ok","redis":"ok"}', 'healthz');
is($t->get('/healthz/')->{status}, 404, 'healthz has no folder');


# pages of rooms, many at once on one connection

my $socket = $t->connect();

print $socket map { "GET /conferences/$_ HTTP/1.1\r\nHost: x\r\n\r\n" }
    ($id, 'x') x 20;
print $socket "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
$socket->flush();

my $answer = do { local $/; <$socket> };

is(scalar(() = $answer =~ m{HTTP/1\.1 200 }g), 21, 'pages in a pipeline');
is(scalar(() = $answer =~ m{HTTP/1\.1 404 }g), 20, 'and the others');

$t->stop();

done_testing();
