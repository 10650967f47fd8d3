#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# exportDb and importDb: everything comes back as it was, all or nothing, and
# nobody without the rights gets memory for a document.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use File::Temp qw(tempdir);
use IO::Select;

use Test::Conference;
use Test::Conference::Tls qw(make_ca make_certificate);
use Test::More;


my $t = Test::Conference->new(WORKERS => 2, LOG_LEVEL => 'info');
my $json = JSON::PP->new->utf8->canonical;
my $word = 'a good word';


sub export
{
    my (%args) = @_;

    return $t->post('/api/application/exportDb', \%args);
}


sub import_document
{
    my ($document, $token) = @_;

    return $t->request('POST', '/api/application/importDb',
        token => $token // $t->token(), json => $document);
}


# all keys but those that come and go by themselves

sub dump_redis
{
    my %all;

    for my $key (@{ $t->redis('KEYS', 'conf:*') }) {
        my $type = $t->redis('TYPE', $key);

        next if $key =~ /^conf:(?:worker|limit|agent|revoked|import)/;

        if ($type eq 'hash') {
            $all{$key} = { @{ $t->redis('HGETALL', $key) } };

        } elsif ($type eq 'zset') {
            $all{$key} = $t->redis('ZRANGE', $key, 0, -1);

        } elsif ($key !~ /:rev$|:seq$/) {
            $all{$key} = $type;
        }
    }

    return \%all;
}


sub login
{
    my ($name, $password) = @_;

    return $t->request('POST', '/api/auth/login',
        json => { email => $name, password => $password });
}


# what there is

my $ann = $t->post('/api/users/create', { name => 'Ann', email => 'Ann@x',
    password => $word, role => 'member' })->{json};
my $token = login('ann', $word)->{json}{token};

my $first = $t->create_room(name => "first \x{20ac} \"room\"",
    max_participants => 7);
my $second = $t->create_room(name => 'second', allow_chat => JSON::PP::false(),
    active => JSON::PP::false());
my $own = $t->request('POST', '/api/conferences/create', token => $token,
    json => { name => 'own', mediaType => 'MEDIA_TYPE_AUDIO_ONLY' })->{json};

is($t->post('/api/application/updateCustomSettings', { custom_settings => {
    brand_name => "Br\x{e4}nd", accent_color => '#123456' } })->{status}, 200,
    'settings');


# the document

my $reply = export();
my $document = $reply->{json};

is($reply->{status}, 200, 'exportDb');
is($document->{format}, 'conference', 'its format');
is($document->{version}, 1, 'its version');
is(join(' ', map { $_->{name} } @{ $document->{rooms} }),
    "own second first \x{20ac} \"room\"", 'rooms as getAll has them');
is_deeply([ sort map { $_->{name} } @{ $document->{users} } ], [qw(Ann admin)],
    'users');
is($document->{settings}{custom_settings}{brand_name}, "Br\x{e4}nd",
    'settings');
ok(!exists $document->{certificates}, 'no certificates');
unlike($reply->{content}, qr/livekit|tokens|epoch/, 'nothing secret');
is(export(include_keys => 'yes')->{status}, 400, 'include_keys is a boolean');

my $secrets = export(include_keys => JSON::PP::true())->{json};

is($secrets->{settings}{livekit_secret}, $t->admin()->{api_secret},
    'the LiveKit key if it is wanted');
is_deeply($secrets->{certificates}, [], 'and certificates');


# back to where it was

my $before = dump_redis();

$reply = import_document($document);
is($reply->{content}, '{"success":true,"rooms":3,"users":2}', 'importDb');

my $after = dump_redis();

# they have all their fields now
delete @{ $_ }{qw(allow_webinar_mode allow_chat allow_share_screen record
    record_mode webhook_url extended)}
    for map { @{ $_ }{grep { /^conf:room:/ } keys %$_} } $before, $after;

is_deeply($after, $before, 'the same that was there');
is_deeply($t->post('/api/application/exportDb', {})->{json}{rooms},
    $document->{rooms}, 'and another export is the same');
is($t->request('POST', '/api/auth/getUser', token => $token)->{status}, 200,
    'tokens are valid where nothing changed');

my $subscriber = Conference::Redis->new('unix:' . $t->dir() . '/redis.sock');

$subscriber->call('PSUBSCRIBE', 'conf:*');

# a room is removed, one changed, one new; a user is gone, another one changed

$t->request('DELETE', '/api/conferences/remove', token => $t->token(),
    json => { id => $own->{_id} });
$t->post('/api/conferences/update', { id => $second->{_id}, name => 'other' });

my $fourth = $t->create_room(name => 'fourth');

$t->redis('HSET', "conf:room:$fourth->{_id}:identities", 'a', 'b');
$t->request('DELETE', '/api/users/remove', token => $t->token(),
    json => { id => $ann->{_id} });
$t->post('/api/users/create', { name => 'ann', password => $word,
    role => 'admin' });
$t->redis('PUBLISH', 'conf:probe', 'begin');

is(import_document($document)->{status}, 200, 'importDb again');
$t->redis('PUBLISH', 'conf:probe', 'end');

my %seen;
my $on = 0;

while (my $event = $subscriber->reply()) {
    my (undef, undef, $channel, $payload) = @$event;

    if ($channel eq 'conf:probe') {
        last if $on++ && $payload eq 'end';
        next;
    }

    $payload =~ s/^\w+ \d+ (\w+) - -\n.*/$1/s;
    push @{ $seen{$channel} }, $payload if $on && $channel !~ /^conf:workers/;
}

is_deeply(\%seen, { "conf:room:$second->{_id}" => ['room'],
    "conf:room:$fourth->{_id}" => ['removed'], 'conf:settings' => [''],
    'conf:certs' => [''] }, 'who has to know is told');

is_deeply(export()->{json}{rooms}, $document->{rooms}, 'rooms as before');
is_deeply([ grep { /$fourth->{_id}/ } @{ $t->redis('KEYS', '*') } ], [],
    'nothing of a room that is gone');
is($t->redis('HLEN', 'conf:users'), 3, 'names as before');
is(login('ann@x', $word)->{json}{token} ? 1 : 0, 1, 'ann is who she was');
is($t->request('POST', '/api/auth/getUser', token => $token)->{status}, 401,
    'a token from before she was removed stays void');
is_deeply([ grep { /^conf:import/ } @{ $t->redis('KEYS', '*') } ], [],
    'nothing is left over');

my $new = $t->create_room(name => 'new');

is($t->post('/api/conferences/getAll', { limit => 1 })->{json}[0]{_id},
    $new->{_id}, 'a new room comes first');


# what is secret comes and stays

my $hash = { @{ $t->redis('HGETALL', 'conf:settings') } };

ok(!exists $hash->{livekit_key}, 'no key in Redis');
is(import_document($secrets)->{status}, 200, 'importDb with what is secret');
is($t->redis('HGET', 'conf:settings', 'livekit_key'), $t->admin()->{api_key},
    'the LiveKit key is in Redis');
unlike($t->redis('HGET', 'conf:settings', 'livekit_secret'),
    qr/\Q$t->{admin}{api_secret}\E/, 'its secret is sealed');
is(export(include_keys => JSON::PP::true())->{json}{settings}{livekit_secret},
    $t->admin()->{api_secret}, 'and can be opened');
import_document($document);
is($t->redis('HGET', 'conf:settings', 'livekit_key'), $t->admin()->{api_key},
    'a document without it leaves it');

{
    local $secrets->{settings}{livekit_key} = 'of_a-file.1';

    import_document($secrets);
    ok(wait_for(sub { jwt_claims($t->post('/api/conferences/createToken',
        { id => $first->{_id}, name => 'x' })->{json}{token})->{iss}
            eq 'of_a-file.1' }), 'a key of other characters is valid');
}

import_document($secrets);


# keys beside the pair, and webhooks

my $hook = $t->post('/api/application/createApiKey',
    { label => "h\x{f6}\"k" })->{json};
my $url = 'https://a.example/x';

sub keys_there
{
    return { map { $_->{api_key} => $_->{label} } grep { !$_->{own} }
        @{ $t->post('/api/application/getApiKeys', {})->{json} } };
}


sub webhooks
{
    return $t->post('/api/application/getAppInfo', {})->{json}{webhooks};
}


$t->post('/api/application/updateWebhooks', { urls => [ $url ],
    api_key => $hook->{api_key} });
$t->post('/api/conferences/update', { id => $second->{_id},
    webhook_url => "$url?room" });

my $plain = export()->{json};
my $open = export(include_keys => JSON::PP::true())->{json};

ok(!exists $plain->{settings}{livekit_keys}, 'keys are secret');
is_deeply($open->{settings}{livekit_keys}, { $hook->{api_key} => { secret =>
    $hook->{api_secret}, label => $hook->{label},
    created => $hook->{created} } }, 'unless they are wanted');
is_deeply($plain->{settings}{webhooks}, { urls => [ $url ],
    api_key => $hook->{api_key} }, 'webhooks are not');
is((grep { $_->{name} eq 'other' || $_->{name} eq 'second' }
    @{ $plain->{rooms} })[0]{webhook_url}, "$url?room", 'nor those of rooms');

is(import_document($plain)->{status}, 200, 'without keys');
is_deeply(keys_there(), { $hook->{api_key} => $hook->{label} }, 'they stay');
is_deeply(webhooks(), { urls => [ $url ], api_key => $hook->{api_key} },
    'and sign');
import_document($secrets);
is_deeply(keys_there(), {}, 'a document with no keys removes them');
is_deeply(webhooks(), { urls => [], api_key => '' }, 'and webhooks');
is(import_document($plain)->{status}, 200, 'webhooks of a key that is gone');
is_deeply(webhooks(), { urls => [ $url ], api_key => '' },
    'are signed by our own');
is(import_document($open)->{status}, 200, 'with keys');
is_deeply(keys_there(), { $hook->{api_key} => $hook->{label} }, 'they come');
is_deeply(webhooks(), { urls => [ $url ], api_key => $hook->{api_key} },
    'and sign');
unlike($t->redis('HGET', 'conf:settings', 'livekit_keys'),
    qr/$hook->{api_secret}/, 'they are sealed');
ok(wait_for(sub { $t->get('/rtc/validate?access_token=' . jwt({
    iss => $hook->{api_key}, sub => 'x', exp => time + 60, video =>
        { room => $first->{_id}, roomJoin => JSON::PP::true() } },
    $hook->{api_secret}))->{status} == 200 }), 'and verify');
import_document($secrets);


# certificates

my $dir = tempdir('conference-XXXXXXXX', TMPDIR => 1, CLEANUP => 1);
my ($chain, $key) = make_certificate($dir, make_ca($dir, 'Root'),
    'meet.test');

is($t->post('/api/application/updateSSLCertificate', {
    ssl_type => 'SSL_TYPE_CUSTOM', certificate => $chain, private_key => $key,
    ssl_domain_name => 'meet.test' })->{status}, 200, 'a certificate');

my $record = $json->decode($t->redis('HGET', 'conf:certs', 'meet.test'));

ok(!exists export()->{json}{certificates}, 'is not in a document');

$secrets = export(include_keys => JSON::PP::true())->{json};

my ($exported) = @{ $secrets->{certificates} };

is($exported->{domain}, 'meet.test', 'unless it is wanted');
is($exported->{key}, $key, 'its key is open there');

$t->redis('HDEL', 'conf:certs', 'meet.test');
is(import_document($document)->{status}, 200, 'without certificates');
is($t->redis('EXISTS', 'conf:certs'), 0, 'none comes');
is(import_document($secrets)->{status}, 200, 'with certificates');

my $again = $json->decode($t->redis('HGET', 'conf:certs', 'meet.test'));

isnt($again->{key}, $key, 'the key is sealed');
delete @{ $_ }{qw(key)} for $again, $record;
is_deeply($again, $record, 'all else is as it was');
is(import_document($document)->{status}, 200, 'a document without any');
is($t->redis('HLEN', 'conf:certs'), 1, 'leaves it');

for my $case (
    ['key' => (make_certificate($dir, make_ca($dir, 'Root'), 'x'))[1],
        qr/private_key/],
    ['chain' => 'x', qr/certificate/], ['domain' => 'other.test', qr/not for/],
    ['domain' => '../x', qr/domain must/], ['type' => 'x', qr/type must/])
{
    my ($member, $value, $error) = @$case;

    local $exported->{$member} = $value;

    my $refused = import_document($secrets);

    is($refused->{status}, 400, "a wrong $member");
    like($refused->{json}{error}, qr/^certificates\[0\]: .*$error/, 'says so');
}


# an agent hears of names and certificates

$t->redis('SET', 'conf:agent:alive', 'here');
import_document($secrets);

my @jobs = @{ $t->redis('LRANGE', 'conf:agent:jobs', 0, -1) };

is(join(' ', map { s/^[0-9a-f]{24} //r } @jobs), 'http keep', 'jobs');
is($t->redis('HGET', 'conf:agent:job:http', 'state'), 'queued', 'it has one');
$t->redis('DEL', 'conf:agent:alive', 'conf:agent:jobs');


# another password and role void tokens

$token = login('ann', $word)->{json}{token};

my $other = $json->decode($json->encode($document));

$_->{role} = 'admin' for grep { $_->{name} eq 'Ann' } @{ $other->{users} };
is(import_document($other)->{status}, 200, 'another role');
is($t->request('POST', '/api/auth/getUser', token => $token)->{status}, 401,
    'voids her tokens');


# who may do it; a body that nobody reads costs nothing

$token = do {
    import_document($document);
    login('ann', $word)->{json}{token};
};

is($t->request('POST', '/api/application/exportDb', token => $token,
    json => {})->{status}, 403, 'exportDb is not for members');
is(import_document($document, $token)->{status}, 403, 'nor is importDb');

for my $case ([undef, 401], [$token, 403]) {
    my ($who, $status) = @$case;
    my $socket = $t->connect();

    # all of it is announced, none of it is sent
    print $socket "POST /api/application/importDb/ HTTP/1.1\r\nHost: x\r\n"
        . 'Content-Length: ' . 16 * 1024 * 1024 . "\r\n"
        . ($who ? "x-access-token: $who\r\n" : '') . "\r\n";
    $socket->flush();

    ok(IO::Select->new($socket)->can_read(10), 'an answer');
    sysread $socket, my $answer, 4096;
    like($answer, qr{^HTTP/1.1 $status }, "$status before the body is there");
}

is($t->request('POST', '/api/application/importDb', token => $t->token(),
    headers => { 'Content-Length' => 16 * 1024 * 1024 + 1 }, timeout => 3)
    ->{status}, 413, 'more than 16 MB');
is($t->request('POST', '/api/application/exportDb', token => $t->token(),
    content => ' ' x 70_000)->{status}, 413, 'elsewhere 64 KB');
is($t->request('POST', '/api/application/importDb', token => $t->token(),
    content => '')->{status}, 400, 'no body');
is($t->get('/api/application/importDb')->{status}, 405, 'GET');

my $large = $json->decode($json->encode($document));

push @{ $large->{rooms} }, map { { _id => sprintf('%024x', $_),
    name => 'x' x 150, user_id => $ann->{_id} } } 1 .. 2000;

is(import_document($large)->{json}{rooms}, 2003, 'one of megabytes');
is($t->post('/api/conferences/getCount', {})->{json}{count}, 2003, 'is there');

# documents on their way are few in each worker

my @slow = map {
    my $slow = $t->connect();

    print $slow "POST /api/application/importDb HTTP/1.1\r\nHost: x\r\n"
        . 'x-access-token: ' . $t->token()
        . "\r\nContent-Length: 100000\r\n\r\n{";
    $slow->flush();
    $slow;
} 1 .. 2 * 4 + 1;

my ($refused) = IO::Select->new(@slow)->can_read(10);

sysread $refused, my $answer, 4096;
like($answer, qr{^HTTP/1.1 503 .*Others send documents}s,
    'one more than there may be');
close $_ for @slow;
ok(wait_for(sub { import_document($document)->{status} == 200 }),
    'who has left does not count');

# in pieces, and without a length

my $text = $json->encode($document);
my $chunked = '';

$chunked .= sprintf("%x\r\n%s\r\n", length $_, $_)
    for $text =~ /(.{1,100})/gs;

is(Test::Conference::parse_response('POST', $t->raw(
    "POST /api/application/importDb HTTP/1.1\r\nHost: x\r\nConnection: close"
    . "\r\nTransfer-Encoding: chunked\r\nx-access-token: " . $t->token()
    . "\r\n\r\n${chunked}0\r\n\r\n"))->{json}{rooms}, 3, 'chunked');

# what is damaged in Redis ends it before anything has changed

$t->redis('HSET', 'conf:settings', 'livekit_key', 'x');

for my $key ('conf:users', 'conf:settings', 'conf:certs', 'conf:rooms:seq',
    'conf:agent:jobs')
{
    $t->redis('RENAME', $key, 'kept') if $t->redis('EXISTS', $key);
    $t->redis('SADD', $key, 'x');

    my $damaged = dump_redis();

    is(import_document($large)->{status}, 503, "a damaged $key");
    is_deeply(dump_redis(), $damaged, 'nothing has changed');

    $t->redis('DEL', $key, @{ $t->redis('KEYS', 'conf:import*') });
    $t->redis('RENAME', 'kept', $key) if $t->redis('EXISTS', 'kept');
}

$t->redis('HDEL', 'conf:settings', 'livekit_key');

# while rooms come and go

my $socket = $t->connect();

print $socket "POST /api/application/importDb HTTP/1.1\r\nHost: x\r\n"
    . "Connection: close\r\nx-access-token: " . $t->token()
    . "\r\nContent-Length: " . length($text) . "\r\n\r\n$text";
$socket->flush();
$t->create_room(name => 'meanwhile') for 1 .. 5;

is(Test::Conference::parse_response('POST', do { local $/; <$socket> })
    ->{status}, 200, 'beside others');
is(import_document($document)->{status}, 200, 'and once more');
is_deeply(export()->{json}{rooms}, $document->{rooms}, 'all as before');

$t->stop();

done_testing();
