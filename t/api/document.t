#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# The commands of the API document, unchanged but for host and token, and its
# answers with exactly its keys in its order.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::Conference;
use Test::More;


my $t = Test::Conference->new();
my ($url, $token) = ($t->url(), $t->token());

# the token that the document prints

my $printed = 'eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpZCI6IjYyMGJlYjA2MTM3Y'
    . 'mIzMDAyYzhmNjAwYSIsImlhdCI6MTY0Njc0Njk4MiwiZXhwIjoxNjQ5MzM4OTgyfQ.qRphs'
    . 'D6OD8KYnRL5fUX8XEckp1XNCmZAYldWWnZbAxE';


sub shell
{
    my ($command) = @_;

    $command =~ s{https://your-project-domain|http://1\.2\.3\.4}{$url};
    $command =~ s{YOUR-API-TOKEN|\Q$printed\E}{$token};

    return scalar `$command -s`;
}


my $room = shell(<<'EOF' =~ s/\n\z//r);
curl -X POST https://your-project-domain/api/conferences/create \
-H "x-access-token: YOUR-API-TOKEN" \
-H "Content-Type: application/json" \
-d '{
"name": "First room",
"mediaType": "MEDIA_TYPE_VIDEO_AUDIO",
"max_participants": 50,
"active": true
}'
EOF

my $answer = qr/\{"_id":"([0-9a-f]{24})","name":"First\ room",
    "user_id":"([0-9a-f]{24})","mediaType":"MEDIA_TYPE_VIDEO_AUDIO",
    "max_participants":50,"active":true\}/x;

like($room, qr/^$answer$/, 'create');

my ($id) = $room =~ $answer;

cmp_ok(abs(hex(substr $id, 0, 8) - time), '<', 60, 'it begins with the time');


# as printed, update has no id

like(shell(<<'EOF' =~ s/\n\z//r), qr/"success":false,"error":"id /, 'update');
curl -X POST https://your-project-domain/api/conferences/update \
-H "x-access-token: YOUR-API-TOKEN" \
-H "Content-Type: application/json" \
-d '{
"name": "First room",
"mediaType": "MEDIA_TYPE_VIDEO_AUDIO",
"max_participants": 50,
"active": true
}'
EOF

is(shell(<<"EOF" =~ s/\n\z//r), $room, 'update with an id');
curl -X POST https://your-project-domain/api/conferences/update \\
-H "x-access-token: YOUR-API-TOKEN" \\
-H "Content-Type: application/json" \\
-d '{
"id": "$id",
"name": "First room",
"mediaType": "MEDIA_TYPE_VIDEO_AUDIO",
"max_participants": 50,
"active": true
}'
EOF

is(shell(<<"EOF" =~ s/\n\z//r), "[$room]", 'getAll');
curl -X 'POST' \\
'http://1.2.3.4/api/conferences/getAll' \\
-H 'accept: application/json' \\
-H 'x-access-token: $printed' \\
-d ''
EOF

is(shell(<<"EOF" =~ s/\n\z//r),
curl -X 'POST' \\
'http://1.2.3.4/api/conferences/getById' \\
-H 'accept: application/json' \\
-H 'x-access-token: $printed' \\
-H 'Content-Type: application/json' \\
-d '{
"id": "$id"
}'
EOF
    '{"name":"First room","mediaType":"MEDIA_TYPE_VIDEO_AUDIO",'
    . '"max_participants":50,"active":true}', 'getById');

my $remove = <<"EOF" =~ s/\n\z//r;
curl -X DELETE https://your-project-domain/api/conferences/remove \\
-H "x-access-token: YOUR-API-TOKEN" \\
-H "Content-Type: application/json" \\
-d '{
"id": "$id"
}'
EOF

is(shell($remove), '{"success":true}', 'remove');
is(shell($remove), '{"success":false,"error":"There is no room with this '
    . 'id."}', 'a second remove');

$t->stop();

done_testing();
