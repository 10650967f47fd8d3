#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Webhooks: what is stored for the installation and for a room, and who may say
# so.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::Conference;
use Test::More;


my $t = Test::Conference->new(LOG_LEVEL => 'info');
my $app = '/api/application';
my $rooms = '/api/conferences';
my $true = JSON::PP::true();


sub update
{
    my (%args) = @_;

    return $t->post("$app/updateWebhooks", \%args);
}


sub shown { return $t->post("$app/getAppInfo", {})->{json}{webhooks} }


sub stored { return $t->redis('HGET', 'conf:settings', 'webhooks') }


# those of the installation

my $key = $t->post("$app/createApiKey", { label => 'hooks' })->{json}{api_key};
my @urls = ('https://a.example/hook?x=1&y=%20', 'http://127.0.0.1:3000',
    'http://[::1]:3000/', 'http://localhost', 'https://a.example/~x/(1)');

is_deeply(shown(), { urls => [], api_key => '' }, 'none');
is(update(urls => \@urls)->{content}, '{"success":true,"webhooks":{"urls":['
    . join(',', map { "\"$_\"" } @urls) . '],"api_key":""}}', 'stored');
is(stored(), '{"urls":[' . join(',', map { "\"$_\"" } @urls) . ']}',
    'as the SFU reads it');
is_deeply(shown(), { urls => \@urls, api_key => '' }, 'shown');

is(update(urls => [ $urls[0] ], api_key => $key)->{status}, 200, 'a key');
is(stored(), "{\"urls\":[\"$urls[0]\"],\"api_key\":\"$key\"}", 'it is named');
is($t->request('DELETE', "$app/removeApiKey", token => $t->token(),
    json => { api_key => $key })->{status}, 409, 'it stays as long');
is($t->post("$app/rotateApiKey", { api_key => $key })->{status}, 200,
    'another secret may be');
is(update(urls => [ $urls[0] ], api_key => $t->admin()->{api_key})
    ->{json}{webhooks}{api_key}, '', 'our own is not named');
is($t->request('DELETE', "$app/removeApiKey", token => $t->token(),
    json => { api_key => $key })->{status}, 200, 'then the other one goes');

my $before = stored();

for my $refused (
    { urls => undef }, { urls => 'https://a.example' }, { urls => [ 1 ] },
    { urls => [ ('https://a.example') x 9 ] }, {}, { api_key => '' },
    { urls => {} }, { urls => [ [ 'https://a.example' ] ] },
    { urls => [], api_key => $key }, { urls => [], api_key => 1 },
    { urls => [], api_key => 'x' x 65 }, { urls => [], api_key => "\x{e9}" })
{
    my $reply = update(%$refused);

    is($reply->{status}, 400, 'refused: ' . JSON::PP->new->ascii->canonical
        ->encode($refused));
    like($reply->{json}{error}, qr/^(?:urls|api_key) (?:must be|is required)/,
        'why');
}

my @wrong = ('', 'a.example', '//a.example', '/hook', 'ftp://a.example',
    'https://', 'https:///x', 'https://u@a.example', 'https://u:p@a.example/',
    'https://a.example#x', 'https://a.example/#x', "https://a.example/\n",
    'https://a.example/a b', 'https://a.example/%', 'https://a.example/%2',
    'https://a.example/%zz', 'https://a.example:0', 'https://a.example:65536',
    'https://a.example:', 'https://[::1', 'https://[x]', 'https://[::1]x',
    'https://::1/', 'https://1', 'https://a..b', 'HTTPS://a.example',
    'javascript:alert(1)', "https://a.example/\x{e9}", 'https://a.example\\x',
    'https://a.example/' . 'x' x 2031, 'https://a.example/<x>', "https://\0");

is(update(urls => [ $_ ])->{status}, 400, 'no address: '
    . substr s/[^!-~]/?/gr, 0, 40) for @wrong;
is(stored(), $before, 'nothing was stored');
is(update(urls => [ ('https://a.example/' . 'x' x 2030) x 8 ])->{status}, 200,
    'as much as there may be');
is(update(urls => [])->{status}, 200, 'none again');
is_deeply(shown(), { urls => [], api_key => '' }, 'it is empty');

for my $damaged ('{', '[]', '{"urls":[1]}', '{"urls":[],"x":1}', 'x' x 100_000)
{
    $t->redis('HSET', 'conf:settings', 'webhooks', $damaged);
    is_deeply(shown(), { urls => [], api_key => '' }, 'damaged: none');
}


# who may do it

$t->post('/api/users/create', { name => 'ann', password => 'some word',
    role => 'member' });

my $ann = $t->request('POST', '/api/auth/login', json => {
    email => 'ann', password => 'some word' })->{json}{token};

is($t->request('POST', "$app/updateWebhooks", token => $ann,
    json => { urls => [] })->{status}, 403, 'not for members');
is($t->request('POST', "$app/updateWebhooks", json => { urls => [] })
    ->{status}, 401, 'nor for everybody');


# those of a room: its owner's and administrators' business

my $room = $t->request('POST', "$rooms/create", token => $ann, json => {
    name => 'x', webhook_url => $urls[0] })->{json};

is($room->{webhook_url}, $urls[0], 'a room has its own');
is($t->redis('HGET', "conf:room:$room->{_id}", 'webhook_url'), $urls[0],
    'stored');

my $events = Conference::Redis->new('unix:' . $t->dir() . '/redis.sock');

$events->call('SUBSCRIBE', "conf:room:$room->{_id}");
is($t->post("$rooms/update", { id => $room->{_id}, webhook_url => $urls[1] })
    ->{json}{webhook_url}, $urls[1], 'an administrator sets it');

my $event = $events->reply();

is(JSON::PP::decode_json($event->[2] =~ s/^.*\n//r)->{webhook_url}, $urls[1],
    'the SFU hears of it');
is($t->request('POST', "$rooms/update", token => $ann, json => {
    id => $room->{_id}, webhook_url => '' })->{json}{webhook_url}, '',
    'the owner removes it');
$t->post("$rooms/update", { id => $room->{_id}, webhook_url => $urls[2] });
is($t->post("$rooms/getById", { id => $room->{_id}, extended => $true })
    ->{json}{webhook_url}, $urls[2], 'extended answers have it');
is($t->post("$rooms/getById", { id => $room->{_id} })->{json}{webhook_url},
    undef, 'others not');
unlike($t->request('POST', "$rooms/createToken", json => {
    id => $room->{_id}, name => 'x' })->{content}, qr/webhook|::1/,
    'guests do not see it');

my $plain = $t->create_room();

is($plain->{webhook_url}, undef, 'a room without it says nothing');
is($t->post("$rooms/getById", { id => $plain->{_id}, extended => $true })
    ->{json}{webhook_url}, '', 'unless it is asked');

for my $url (@wrong[1 .. $#wrong], 1, undef, [ $urls[0] ]) {
    is($t->post("$rooms/update", { id => $room->{_id}, webhook_url => $url })
        ->{status}, 400, 'no address');
}

is($t->post("$rooms/create", { name => 'x', webhook_url => 'x' })->{status},
    400, 'nor of a new room');
is($t->post("$rooms/getById", { id => $room->{_id}, extended => $true })
    ->{json}{webhook_url}, $urls[2], 'nothing has changed');

$t->stop();

done_testing();
