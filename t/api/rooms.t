#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# The room methods beyond the document: defaults, newer fields, forms of a
# body, what update leaves alone, and what it publishes.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::Conference;
use Test::More;


my $t = Test::Conference->new();
my $user = $t->redis('HGET', 'conf:users', 'admin');
my $api = '/api/conferences';


sub form
{
    my ($path, $content, %headers) = @_;

    return $t->request('POST', $path, token => $t->token(),
        content => $content, headers => \%headers);
}


# defaults

my $room = $t->post("$api/create", { name => 'Plain' });
my $id = $room->{json}{_id};

is($room->{status}, 200, 'create with a name alone');
is($room->{content}, qq({"_id":"$id","name":"Plain","user_id":"$user",)
    . '"mediaType":"MEDIA_TYPE_VIDEO_AUDIO","max_participants":50,'
    . '"active":true}', 'has the defaults');
is($room->{headers}{'content-type'}, 'application/json', 'is JSON');
is($room->{headers}{'cache-control'}, 'no-store', 'is not for caches');

my %hash = @{ $t->redis('HGETALL', "conf:room:$id") };

is_deeply([ sort keys %hash ], [ sort qw(name user_id mediaType active created
    max_participants epoch allow_webinar_mode allow_chat allow_share_screen
    record record_mode webhook_url) ], 'its hash is complete');


# forms of a body

for my $case (
    [ 'a form', "$api/create", 'name=A%20b+c&max_participants=7&active=false',
        'Content-Type' => 'application/x-www-form-urlencoded' ],
    [ 'a form without a type', "$api/create",
        'name=A+b+c&max_participants=7&active=0' ],
    [ 'a query string', "$api/create?name=A+b+c&max_participants=7&active=0",
        '' ],
    [ 'a body wins over a query', "$api/create/?name=x&max_participants=7",
        '{"name":"A b c","active":false}' ],
    [ 'JSON that curl calls a form', "$api/create",
        '{"name":"A b c","max_participants":7,"active":false}',
        'Content-Type' => 'application/x-www-form-urlencoded' ])
{
    my ($name, @args) = @$case;
    my $json = form(@args)->{json};

    is_deeply([ @{$json}{qw(name max_participants active)} ],
        [ 'A b c', 7, JSON::PP::false() ], $name);
}


# newer fields

my $full = '"allow_webinar_mode":false,"allow_chat":false,'
    . '"allow_share_screen":true,"record":false,'
    . '"record_mode":"ROOM_COMPOSITE_GRID","webhook_url":""';

$room = $t->post("$api/create", { name => 'New', allow_chat =>
    JSON::PP::false() });
$id = $room->{json}{_id};

like($room->{content}, qr/"active":true,\Q$full\E\}$/, 'a newer field');
is($t->post("$api/getById", { _id => uc $id })->{content},
    '{"name":"New","mediaType":"MEDIA_TYPE_VIDEO_AUDIO","max_participants":50,'
    . '"active":true}', 'getById has four members, _id in upper case');
like($t->post("$api/getById", { id => $id, extended => JSON::PP::true() })
    ->{content}, qr/^\{"_id":"$id","name":"New","user_id":"$user",.*
    "active":true,\Q$full\E,"created":\d{10},"participants":0\}$/x,
    'getById extended');


# update

$t->redis('HSET', "conf:room:$id:identities", "p$_", "s$_") for 1 .. 3;

my $update = $t->post("$api/update", { id => $id, max_participants => 2,
    extended => JSON::PP::true() });

is($update->{status}, 200, 'fewer seats than there are people');
is($update->{json}{participants}, 3, 'drops nobody');
is($update->{json}{name}, 'New', 'leaves the name');
is($update->{json}{allow_chat}, JSON::PP::false(), 'leaves the chat');
is($t->redis('GET', "conf:room:$id:rev"), 1, 'raises the rev');

is($t->post("$api/update", { id => $id })->{status}, 200, 'nothing to change');
is($t->redis('GET', "conf:room:$id:rev"), 1, 'is no change');

is($t->post("$api/update", { id => $id, name => 'X', max_participants => 0 })
    ->{status}, 400, 'one wrong field');
is($t->redis('HGET', "conf:room:$id", 'name'), 'New', 'changes nothing');
is($t->post("$api/update", { id => '0' x 24, name => 'X' })->{status}, 404,
    'an unknown room');
is($t->redis('EXISTS', 'conf:room:' . '0' x 24), 0, 'is not made');


# events

my $events = Conference::Redis->new("unix:$t->{dir}/redis.sock");

$events->call('SUBSCRIBE', "conf:room:$id");
$t->post("$api/update", { id => $id, active => JSON::PP::false() });
$t->request('DELETE', "$api/remove", token => $t->token(),
    json => { id => $id });

my ($line, $payload) = split /\n/, $events->reply()->[2], 2;

like($line, qr/^[0-9a-f]{16} 2 room - -$/, 'an update is published');
is(JSON::PP::decode_json($payload)->{active}, '0', 'with the fields');
like($events->reply()->[2], qr/^[0-9a-f]{16} 3 removed - -\n$/,
    'and so is a removal');
is_deeply($t->redis('KEYS', "conf:room:$id*"), [], 'nothing of it is left');

$t->stop();

done_testing();
