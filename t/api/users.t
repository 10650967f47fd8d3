#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Users through the API: made, changed, removed, passwords changed; names that
# are taken, the last administrator, and requests at the same moment.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::Conference;
use Test::More;


my $t = Test::Conference->new(LOG_LEVEL => 'info');
my $word = 'a first word';


sub call
{
    my ($method, $json, $token) = @_;

    return $t->request($method eq 'remove' ? 'DELETE' : 'POST',
        "/api/users/$method", token => $token // $t->token(), json => $json);
}


sub login
{
    my ($name, $password) = @_;

    return $t->request('POST', '/api/auth/login',
        json => { email => $name, password => $password });
}


sub auth
{
    my ($method, $token, $json) = @_;

    return $t->request('POST', "/api/auth/$method", token => $token,
        json => $json // {});
}


# made

my $made = call(create => { name => 'Ann', email => 'Ann@Example.com',
    password => $word, role => 'member' });

is($made->{status}, 200, 'create');
like($made->{content}, qr/^\{"_id":"[0-9a-f]{24}","name":"Ann","email":
    "Ann\@Example\.com","role":"member","created":\d+\}$/x, 'its answer');

my $ann = $made->{json}{_id};
my $admin = $t->redis('HGET', 'conf:users', 'admin');

like($t->redis('HGET', "conf:user:$ann", 'password'),
    qr{^\$y\$j9T\$[./0-9A-Za-z]{22}\$[./0-9A-Za-z]{43}$}, 'yescrypt');
is(login($_, $word)->{status}, 200, "$_ signs in")
    for qw(ann ANN ann@example.com);

my $token = login('ann', $word)->{json}{token};

is(auth('getUser', $token)->{content}, qq({"_id":"$ann","name":"Ann",)
    . '"email":"Ann@Example.com","role":"member"}', 'getUser');
is(auth('getUser', $t->token())->{json}{role}, 'admin', 'of the first user');


# refused, and nothing is changed

my $before = join ' ', sort @{ $t->redis('KEYS', 'conf:user*') };

my @refused = (
    [{}, 400, qr/^name is required/],
    [{ name => 'b', role => 'member' }, 400, qr/^password is required/],
    [{ name => 'b', password => $word }, 400, qr/^role is required/],
    [{ name => 'b', password => 'short', role => 'admin' }, 400,
        qr/^password must be a string of 8 to 512/],
    [{ name => 'b', password => "\x{e9}" x 300, role => 'admin' }, 400,
        qr/^password is too long/],
    [{ name => 'b', password => "with\tcontrol", role => 'admin' }, 400,
        qr/^password must/],
    [{ name => 'a b', password => $word, role => 'admin' }, 400,
        qr/^name must/],
    [{ name => "b\x{e9}", password => $word, role => 'admin' }, 400,
        qr/^name must/],
    [{ name => 'b' x 101, password => $word, role => 'admin' }, 400,
        qr/^name must/],
    [{ name => ['b'], password => $word, role => 'admin' }, 400,
        qr/^name must/],
    [{ name => 'b', password => $word, role => 'root' }, 400,
        qr/^role must be admin or member/],
    (map { [{ name => 'b', email => $_, password => $word, role => 'admin' },
        400, qr/^email must be/] } 'b', '@b', 'b@', 'b@c@d', 'b @c', "b\@\n"),
    [{ name => 'aNN', password => $word, role => 'admin' }, 409, qr/name/],
    [{ name => 'ann@example.com', password => $word, role => 'admin' }, 409,
        qr/name/],
    [{ name => 'b', email => 'ANN@example.com', password => $word,
        role => 'admin' }, 409, qr/address/],
);

for my $case (@refused) {
    my ($json, $status, $error) = @$case;
    my $reply = call(create => $json);

    is($reply->{status}, $status, "create: $reply->{json}{error}");
    like($reply->{json}{error}, $error, 'it says why');
}

is(join(' ', sort @{ $t->redis('KEYS', 'conf:user*') }), $before,
    'nothing was made');
is($t->redis('HLEN', 'conf:users'), 3, 'no name was taken');


# changed

my $other = call(create => { name => 'bob', password => $word,
    role => 'admin' })->{json}{_id};

is(call(update => { id => $ann, name => 'BOB' })->{status}, 409,
    'another one has the name');
is(call(update => { id => '0' x 24, name => 'x' })->{status}, 404,
    'an unknown user');
is(call(update => { name => 'x' })->{json}{error}, 'id is required.', 'no id');

my $new = call(update => { id => $ann, name => 'anna', email => '' });

is($new->{json}{name}, 'anna', 'a new name');
is($new->{json}{email}, '', 'no address');
is($new->{json}{role}, 'member', 'the rest is as it was');
is(auth('getUser', $token)->{status}, 200, 'her token stays');
is(login($_, $word)->{status}, 401, "$_ is nobody now")
    for qw(ann ann@example.com);
is(login('anna', $word)->{status}, 200, 'anna signs in');
is(call(create => { name => 'ann', password => $word, role => 'member' })
    ->{status}, 200, 'the old name is free');
is(call(update => { id => $ann, name => 'ANNA' })->{status}, 200,
    'the own name is not taken');

is(call(update => { id => $ann, role => 'member' })->{status}, 200,
    'the same role');
is(auth('getUser', $token)->{status}, 200, 'voids no token');
is(call(update => { id => $ann, role => 'admin' })->{json}{role}, 'admin',
    'another role');
is(auth('getUser', $token)->{status}, 401, 'does');

$token = login('anna', $word)->{json}{token};

is(call(update => { id => $ann, password => 'a second word' })->{status}, 200,
    'a new password');
is(auth('getUser', $token)->{status}, 401, 'voids the tokens');
is(login('anna', $word)->{status}, 401, 'and the old one');
is(login('anna', 'a second word')->{status}, 200, 'it is good');


# own password

$token = login('anna', 'a second word')->{json}{token};

my $changed = auth('changePassword', $token, {
    old_password => 'a second word', new_password => 'a third word' });

is($changed->{status}, 200, 'changePassword');
is(auth('getUser', $token)->{status}, 401, 'earlier tokens are void');
is(auth('getUser', $changed->{json}{token})->{status}, 200, 'the new is not');
ok(!$changed->{headers}{'set-cookie'}, 'who had no cookie gets none');
is(login('anna', 'a third word')->{status}, 200, 'the new password');

$token = $changed->{json}{token};

is(auth('changePassword', $token, { old_password => 'x', new_password => 'y' })
    ->{status}, 400, 'a short one');
is(auth('changePassword', $token, { old_password => 'x' })->{json}{error},
    'new_password is required.', 'none');
is(auth('changePassword', $token, { new_password => 'long enough' })
    ->{json}{error}, 'old_password is required.', 'without the old one');

my $cookie = $t->request('POST', '/api/auth/changePassword',
    headers => { Cookie => "USER_STORE_TOKEN=$token" },
    json => { old_password => 'a third word', new_password => 'a third one' });

like($cookie->{headers}{'set-cookie'},
    qr/^USER_STORE_TOKEN=\Q$cookie->{json}{token}\E;/,
    'a page stays signed in');

$token = $cookie->{json}{token};

my %answers;

$answers{ auth('changePassword', $token, { old_password => "guess $_",
    new_password => 'a fourth word' })->{status} }++ for 1 .. 12;

# three of the ten failures were made above, signing in
is_deeply(\%answers, { 403 => 7, 429 => 5 }, 'guesses are counted');
is(auth('changePassword', $token, { old_password => 'a third one',
    new_password => 'a fourth word' })->{status}, 429,
    'nobody learns then that one is right');
$t->redis('DEL', @{ $t->redis('KEYS', 'conf:limit:*') });


# the list

$t->redis('HDEL', "conf:user:$other", 'created');

my $list = call(getAll => {})->{json};

is(join(' ', sort map { $_->{name} } @$list), 'ANNA admin ann bob', 'getAll');
is_deeply((grep { $_->{_id} eq $other } @$list)[0], { _id => $other,
    name => 'bob', email => '', role => 'admin', created => 0 },
    'a user from before there was "created"');
ok(!grep({ exists $_->{password} } @$list), 'no hash is shown');


# removed, but never the last administrator

is(call(remove => { id => $other })->{content}, '{"success":true}', 'remove');
is(call(remove => { id => $other })->{status}, 404, 'it is gone');
is(login('bob', $word)->{status}, 401, 'he does not sign in');
is($t->redis('EXISTS', "conf:user:$other"), 0, 'nothing is left');
is(call(remove => { id => $ann })->{status}, 200, 'another administrator');
is(auth('getUser', $token)->{status}, 401, 'her token is void');
is(auth('rotateToken', $token)->{status}, 401, 'for everything');
is($t->redis('EXISTS', "conf:user:$ann"), 0, 'no half of her is left');

is(call(remove => { id => $admin })->{status}, 409, 'the last one stays');
is(call(update => { id => $admin, role => 'member' })->{status}, 409,
    'what he is');
is(call(update => { id => $admin, role => 'admin', email => 'root@x' })
    ->{json}{email}, 'root@x', 'he may change');


# at the same moment: each wants the name, or to remove the other

sub together
{
    my ($method, $path, @bodies) = @_;
    my @sockets = map { $t->connect() } @bodies;

    for my $i (0 .. $#bodies) {
        my $body = JSON::PP::encode_json($bodies[$i]);

        print { $sockets[$i] } "$method $path HTTP/1.1\r\nHost: x\r\n"
            . "Connection: close\r\nx-access-token: " . $t->token()
            . "\r\nContent-Length: " . length($body) . "\r\n\r\n$body";
        $sockets[$i]->flush();
    }

    return map {
        my $socket = $_;
        local $/;
        Test::Conference::parse_response($method, readline $socket);
    } @sockets;
}


my @same = together('POST', '/api/users/create', map { { name => 'Same',
    email => "s$_\@x", password => $word, role => 'admin' } } 1 .. 8);

is(join(' ', sort map { $_->{status} } @same), '200' . ' 409' x 7,
    'one of eight gets the name');
is($t->redis('HLEN', 'conf:users'), 5, 'the others have claimed nothing');
is(scalar @{ $t->redis('KEYS', 'conf:user:*') }, 3, 'no half-made user');

my ($same) = map { $_->{json}{_id} // () } @same;

my @gone = together('DELETE', '/api/users/remove', { id => $same },
    { id => $admin });

# who is removed first may not finish the other request
is(scalar(grep { $_->{status} == 200 } @gone), 1, 'one of two is removed');
is(scalar(grep { $_ eq 'admin' } map { $t->redis('HGET', $_, 'role') }
    @{ $t->redis('KEYS', 'conf:user:*') }), 1, 'an administrator is left');

$t->stop();

done_testing();
