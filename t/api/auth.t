#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Sign-in, the form of a token, its end by expiry, sign-out and rotation, and
# the cookie that other sites cannot use.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Digest::SHA qw(hmac_sha256);
use MIME::Base64 qw(decode_base64url);

use Test::Conference;
use Test::More;


my $t = Test::Conference->new(LOG_LEVEL => 'info');
my $password = $t->admin()->{password};
my $origin = 'http://127.0.0.1:' . $t->port();


sub status
{
    my ($token, %headers) = @_;

    return $t->request('POST', '/api/auth/getToken', token => $token,
        headers => \%headers)->{status};
}


sub login
{
    my ($name, $word) = @_;

    return $t->request('POST', '/api/auth/login',
        json => { email => $name, password => $word });
}


# sign-in

my $reply = login('admin', $password);
my $token = $reply->{json}{token};

is($reply->{status}, 200, 'sign-in');
is($reply->{content}, qq({"success":true,"token":"$token"}), 'its answer');
is(login('ADMIN', $password)->{status}, 200, 'names have no case');
is(login('admin', "$password ")->{status}, 401, 'passwords have');
is(login('nobody', $password)->{status}, 401, 'nobody');
is(login("admin\0", $password)->{status}, 400, 'NUL');
is($t->request('POST', '/api/auth/login', json => { email => 'admin' })
    ->{json}{error}, 'password is required.', 'no password');

$t->redis('HSET', 'conf:users', 'ann@example.com',
    $t->redis('HGET', 'conf:users', 'admin'));
is(login('Ann@Example.com', $password)->{status}, 200, 'an address');


# the token

my ($header, $payload) = map { decode_base64url($_) } split /\./, $token;

is($header, '{"alg":"HS256","typ":"JWT"}', 'header');
like($payload, qr/^\{"id":"[0-9a-f]{24}","iat":(\d+),"exp":(\d+)\}$/,
    'payload');

my ($id, $iat, $exp) = $payload =~ /"([0-9a-f]{24})".*?(\d+),"exp":(\d+)/;

is($exp - $iat, 2_592_000, 'thirty days');
is(status($token), 200, 'it is accepted');

my $got = $t->request('POST', '/api/auth/getToken/', token => $token,
    content => '');

like($got->{content}, qr/^\{"token":"[\w.-]+"\}$/, 'getToken');
is(status($got->{json}{token}), 200, 'gives a token');

open my $file, '<', $t->dir() . '/secret' or die;
chomp(my $secret = <$file>);

my $key = hmac_sha256("$id:0", $secret);
my %claims = (id => $id, iat => time - 10, exp => time + 100);

is(status(jwt(\%claims, $key)), 200, 'a token of ours');
is(status(jwt({ %claims, exp => time - 1 }, $key)), 401, 'expired');
is(status(jwt({ %claims, id => '0' x 24 }, $key)), 401, 'unknown user');
is(status(jwt(\%claims, "x$key")), 401, 'another key');
is(status(jwt(\%claims, $key, { alg => 'none' })), 401, 'alg none');
is(status(jwt(\%claims, $key, { alg => 'HS512', typ => 'JWT' })), 401,
    'HS512');
is(status(jwt({ id => $id }, $key)), 401, 'no exp');


# the cookie

my $cookie = $reply->{headers}{'set-cookie'};

like($cookie, qr/^USER_STORE_TOKEN=\Q$token\E;/, 'a cookie');
like($cookie, qr/; $_(?:;|$)/, $_)
    for qw(HttpOnly SameSite=Strict Path=\/ Max-Age=2592000);
unlike($cookie, qr/Secure/, 'Secure only over TLS');

$cookie = "USER_STORE_TOKEN=$token";

is(status(undef, Cookie => $cookie), 200, 'is accepted');
is(status(undef, Cookie => "a=b; $cookie", Origin => $origin,
    'Sec-Fetch-Site' => 'same-origin'), 200, 'from our pages');
is(status(undef, Cookie => $cookie, Origin => $_), 401, "not from $_")
    for 'https://evil.example', 'http://127.0.0.1:1', 'null', "x$origin",
        "$origin.evil.example";
is(status(undef, Cookie => $cookie, 'Sec-Fetch-Site' => $_), 401, "not $_")
    for qw(cross-site same-site);
is(status('x', Cookie => $cookie), 401, 'a header wins');


# sign-out

my $other = jwt(\%claims, $key);
my $out = $t->request('POST', '/api/auth/logout',
    headers => { Cookie => $cookie });

is($out->{content}, '{"success":true}', 'logout');
like($out->{headers}{'set-cookie'}, qr/^USER_STORE_TOKEN=;.*Max-Age=0/,
    'takes the cookie away');
is(status($token), 401, 'the token is void');
like($t->request('POST', '/api/auth/getToken', headers => {
        Cookie => $cookie })->{headers}{'set-cookie'}, qr/Max-Age=0/,
    'a void cookie is taken away');
is(status($other), 200, 'another is not');
cmp_ok($t->redis('TTL', $t->redis('KEYS', 'conf:revoked:*')->[0]), '>',
    2_591_000, 'that is remembered as long as it could be used');


# rotation

my $new = $t->request('POST', '/api/auth/rotateToken', token => $other);

is($new->{status}, 200, 'rotateToken');
is(status($other), 401, 'the old token is void');
is(status($new->{json}{token}), 200, 'the new one is not');
is(status(login('admin', $password)->{json}{token}), 200, 'nor is a sign-in');
ok(!$new->{headers}{'set-cookie'}, 'who had no cookie gets none');

my $logs = join '', map { Test::Conference::read_file($_) }
    glob $t->dir() . '/logs/*';

ok($logs !~ /\Q$password\E|\Q$new->{json}{token}\E/, 'no log has a secret');

$t->stop();

done_testing();
