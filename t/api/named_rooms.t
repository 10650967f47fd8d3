#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Rooms that LiveKit's server API named: the REST API, the addresses of pages
# and backups know them like all others.

use strict;
use warnings;
use utf8;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::Conference;
use Test::More;


binmode $_, ':utf8' for map { Test::More->builder->$_ }
    qw(output failure_output todo_output);

my $t = Test::Conference->new(WORKERS => 2);
my $true = JSON::PP::true();
my $false = JSON::PP::false();

my @names = ('daily', 'my room/ü:rev', 'x', 'x:rev', 'x:identities:',
    '100% "x"', "<b>'&amp;'</b>", '?a=b#c', 'a/../b', '{}', '0' x 25,
    "tab\there", '会' x 85, 'y' x 256);


sub twirp
{
    my ($method, $json, $type) = @_;

    return $t->request('POST', "/twirp/livekit.RoomService/$method",
        headers => { Authorization => 'Bearer ' . $t->access_token('backend',
            { roomCreate => $true, roomList => $true, roomAdmin => $true,
              room => $json->{name} // $json->{room} }),
            $type ? ('Content-Type' => $type) : () },
        $type ? (content => $json->{content}) : (json => $json));
}


sub rooms
{
    my ($method, %args) = @_;

    return $t->post("/api/conferences/$method", \%args);
}


sub remove
{
    return $t->request('DELETE', '/api/conferences/remove',
        token => $t->token(), json => { id => $_[0] });
}


sub create_token
{
    my ($id, %args) = @_;

    return $t->request('POST', '/api/conferences/createToken',
        json => { id => $id, mode => 'speaker', name => 'Anna', %args });
}


# what a browser makes of encodeURIComponent()

sub escaped
{
    my ($name) = @_;

    utf8::encode($name);
    $name =~ s/([^A-Za-z0-9_.!~*'()-])/sprintf '%%%02X', ord $1/ge;

    return $name;
}


# made, shown, opened, changed

my $admin = $t->post('/api/auth/getUser', {})->{json}{_id}
    // $t->post('/api/users/getAll', {})->{json}[0]{_id};

for my $name (@names) {
    is(twirp('CreateRoom', { name => $name, metadata => "of \n$name" })
        ->{status}, 200, "$name is made");

    my $room = rooms('getById', id => $name, extended => $true)->{json};

    is($room->{_id}, $name, 'it is there');
    is($room->{name}, $name, 'under its name');
    is($room->{max_participants}, 0, 'for as many as come');
    like($room->{pass}, qr/^[0-9a-f]{32}$/, 'its links have a pass');
    is_deeply(rooms('getById', id => $name)->{json}, { name => $name,
        mediaType => 'MEDIA_TYPE_VIDEO_AUDIO', max_participants => 0,
        active => $true }, 'which only extended answers have');

    for my $folder ('conferences', 'conferences-view-mode') {
        my $path = "/$folder/" . escaped($name);

        is($t->get($path)->{status}, 200, 'it has a page');
        is($t->get("$path/?pass=$room->{pass}")->{status}, 200, 'a link, too');
        is($t->get("${path}x")->{status}, 404, 'one more character has none');
    }

    is(create_token($name)->{status}, 403, 'nobody gets in by its name');
    like(create_token($name)->{json}{error}, qr/link/, 'and is told why');
    is(create_token($name, pass => '0' x 32)->{status}, 403, 'nor by a guess');
    is(create_token($name, pass => 7)->{status}, 400, 'nor by a number');

    my $ticket = create_token($name, pass => $room->{pass})->{json};

    is(Test::Conference::jwt_claims($ticket->{token})->{video}{room}, $name,
        'but by its link');
    is($t->get("/rtc/validate?access_token=$ticket->{token}")->{status}, 200,
        'the SFU agrees');
    is(create_token($name, token => $ticket->{token}, identity => 'Ben')
        ->{status}, 403, 'a token of an application is no pass');
    is($t->post('/api/conferences/createToken', { id => $name, name => 'x' })
        ->{status}, 200, 'its owner needs none');

    is_deeply(rooms('update', id => $name, max_participants => 3)->{json},
        { _id => $name, name => $name, user_id => $admin, active => $true,
          mediaType => 'MEDIA_TYPE_VIDEO_AUDIO', max_participants => 3 },
        'it can be changed');
    rooms('update', id => $name, active => $false);
    is(create_token($name, pass => $room->{pass})->{json}{error},
        'The room is closed.', 'and closed');
    is($t->get("/rtc/validate?access_token=$ticket->{token}")->{status}, 403,
        'for the SFU, too');
    rooms('update', id => $name, active => $true);
}

is_deeply([ map { $_->{_id} } @{ rooms('getAll')->{json} } ],
    [ reverse @names ], 'all are listed');
ok((grep { $_->{pass} } @{ rooms('getAll', extended => $true)->{json} })
    == @names, 'with the pass of their links');
is_deeply([ map { $_->{_id} } @{ rooms('getAll', search => 'x:REV')->{json} } ],
    ['x:rev'], 'and found');
ok(!exists $t->post('/api/conferences/getById', { extended => $true,
    id => $t->create_room()->{_id} })->{json}{pass}, 'an id is not guessed');
is(rooms('getById', id => '0' x 24)->{status}, 404, 'a hidden room stays so');
is($t->get('/conferences/%ff')->{status}, 404, 'no UTF-8');
is(rooms('update', id => 'y' x 257)->{status}, 400, 'too long');
is(rooms('update', id => 'daily', max_participants => 0)->{status}, 400,
    'nobody has to be let in');

for my $field ("\x0a\x02a\xff", "\x0a\x01a\x2a\x01\xff") {
    is(twirp('CreateRoom', { content => $field }, 'application/protobuf')
        ->{status}, 400, 'nor is what is no UTF-8 a name or metadata');
}


# a backup

my $document = $t->post('/api/application/exportDb', {})->{json};
my %kept = map { $_ => { @{ $t->redis('HGETALL', key($_)) } } } @names;


sub key
{
    my ($name) = @_;

    utf8::encode($name);

    return "conf:room:$name" . ($name =~ /:(?:rev|identities):*$/ ? ':' : '');
}


sub import_document
{
    return $t->request('POST', '/api/application/importDb',
        token => $t->token(), json => $document);
}


my %exported = map { $_->{_id} => $_ } @{ $document->{rooms} };

is_deeply([ map { $_->{_id} } @{ $document->{rooms} }[1 .. @names] ],
    [ reverse @names ], 'all are in a backup');
is($exported{x}{metadata}, "of \nx", 'with their metadata');
is_deeply([ @{ $exported{x} }{qw(empty_timeout departure_timeout)} ],
    [ 300, 20 ], 'and when they end');

is(import_document()->{status}, 200, 'it is taken back where all is there');
is(remove($_)->{status}, 200, "$_ is removed") for @names;
is(remove('daily')->{status}, 404, 'once');
is($t->get('/conferences/daily')->{status}, 404, 'and has no page');
is(twirp('CreateRoom', { name => 'other' })->{status}, 200, 'another comes');

is(import_document()->{status}, 200, 'the backup is restored');
is_deeply([ map { $_->{_id} } @{ rooms('getAll')->{json} } ],
    [ map { $_->{_id} } @{ $document->{rooms} } ], 'all are as they were');
is($t->get('/conferences/other')->{status}, 404, 'the other one is gone');

for my $name (@names) {
    my $now = { @{ $t->redis('HGETALL', key($name)) } };

    is($now->{metadata}, $kept{$name}{metadata}, "$name has its metadata");
    is($now->{empty_timeout}, 300, 'and ends by itself');
    ok($t->redis('ZSCORE', 'conf:rooms:ends', substr(key($name), 10) =~
        s/(:(?:rev|identities):*):$/$1/r) > 1000 * time, 'but not yet');
    is(remove($name)->{status}, 200, 'it can be removed');
}

for my $case ([ _id => '' ], [ _id => 'y' x 257 ], [ _id => 7 ],
    [ metadata => 'x' x 65537 ], [ metadata => 7 ], [ empty_timeout => -1 ],
    [ name => 'z' x 201 ], [ max_participants => -1 ])
{
    my ($member, $value) = @$case;

    local $exported{x}{$member} = $value;

    is(import_document()->{status}, 400, "no $member like that is taken back");
}


done_testing();
