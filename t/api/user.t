#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# ngx-conf-user: a second user, and a new password for it.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Test::Conference;
use Test::More;


my $t = Test::Conference->new(LOG_LEVEL => 'info');
my $tool = "$FindBin::Bin/../../conf/ngx-conf-user";


# exit status of the tool

sub user
{
    my ($password, @words) = @_;

    open my $pipe, '|-', 'sh', '-c', 'exec "$0" "$@" > /dev/null 2>&1', $tool,
        'unix:' . $t->dir() . '/redis.sock', @words or die "$tool: $!\n";
    print $pipe "$password\n";
    close $pipe;

    return $? >> 8;
}


sub login
{
    my ($name, $password) = @_;

    return $t->request('POST', '/api/auth/login',
        json => { email => $name, password => $password });
}


is(user('first word', 'add', 'Ann', 'Ann@Example.com'), 0, 'a user');
is(user('first word', 'add', 'aNN'), 3, 'its name is taken');
is(user('first word', 'add', 'bob', 'ann@example.com'), 3,
    'and so is its address');
is(user('short', 'add', 'bob'), 255, 'a short password');
is(user("with\tcontrol", 'add', 'bob'), 255, 'a control character');
isnt(user('first word', 'add', 'a b'), 0, 'a name with a blank');
isnt(user('first word', 'add', 'bob', 'nowhere'), 0, 'no address');

is(login($_, 'first word')->{status}, 200, "$_ signs in")
    for qw(ann Ann ann@example.com);

my $token = login('ann', 'first word')->{json}{token};
my $room = $t->request('POST', '/api/conferences/create', token => $token,
    json => { name => 'x' })->{json};

is($room->{user_id}, $t->redis('HGET', 'conf:users', 'ann'),
    'a room knows who made it');

is(user("w\xc3\xb6rter und so", 'password', 'ann@example.com'), 0,
    'a new password');
is(login('ann', 'first word')->{status}, 401, 'the old one is void');
is(login('ann', "w\x{f6}rter und so")->{status}, 200, 'the new one is not');
is($t->request('POST', '/api/auth/getToken', token => $token)->{status}, 401,
    'earlier tokens are void');
is(user('some password', 'password', 'nobody'), 3, 'nobody');

is(user('first word', 'add', 'carl', '--member'), 0, 'a member');

my $carl = $t->redis('HGET', 'conf:users', 'carl');
my %fields = @{ $t->redis('HGETALL', "conf:user:$carl") };

is($fields{role}, 'member', 'is one');
is($t->redis('HGET', 'conf:user:' . $t->redis('HGET', 'conf:users', 'ann'),
    'role'), 'admin', 'others are administrators');
cmp_ok(abs($fields{created} - time), '<', 60, 'it knows since when');

$t->stop();

done_testing();
