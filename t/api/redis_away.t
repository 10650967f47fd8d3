#!/usr/bin/perl

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Redis stands still, is killed, comes back; clients leave while they wait.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";

use Time::HiRes qw(time);

use Test::Conference;
use Test::More;


# a Redis of our own, so that it can end without the instance

my $dir = File::Temp::tempdir(CLEANUP => 1);
my $redis;


sub start_redis
{
    $redis = fork() // die;

    if ($redis == 0) {
        exec 'redis-server', '--port', 0, '--unixsocket', "$dir/socket",
            '--unixsocketperm', 777, '--save', '', '--dir', $dir,
            '--appendonly', 'yes', '--logfile', "$dir/log";
    }

    wait_for(sub { eval { Conference::Redis->new("unix:$dir/socket")
                          ->call('PING') } }) or BAIL_OUT('no Redis');
}


sub end_redis
{
    my ($signal) = @_;

    kill $signal, $redis;
    waitpid $redis, 0;
    undef $redis;
}


END { kill 'KILL', $redis if $redis }


chmod 0755, $dir;
start_redis();

my $t = Test::Conference->new(REDIS_URL => "unix:$dir/socket");
my $id = $t->create_room()->{_id};

my @requests = (
    [ POST => '/api/conferences/create', { name => 'x' } ],
    [ POST => '/api/conferences/getAll', {} ],
    [ POST => '/api/conferences/createToken', { id => $id, name => 'x' } ],
    [ POST => '/api/auth/login', { email => 'a', password => 'b' } ],
    [ GET => '/healthz' ],
    [ GET => "/conferences/$id" ],
);


sub all_are
{
    my ($status, $name) = @_;

    for my $request (@requests) {
        my ($method, $path, $json) = @$request;
        my $begin = time;
        my $reply = $t->request($method, $path, token => $t->token(),
            $json ? (json => $json) : ());

        is($reply->{status}, $status, "$name: $path is $status");
        cmp_ok(time - $begin, '<', 2, "$name: $path within two seconds");

        next if $status != 503 || $path =~ /^\/conferences/;

        is($reply->{json}{success}, JSON::PP::false(), "$name: $path is JSON");
        ok($path eq '/healthz' || $reply->{headers}{'retry-after'},
            "$name: $path tells when to try again");
    }
}


# it stands still

kill 'STOP', $redis;
all_are(503, 'stopped');


# clients that leave while they wait, one in the middle of a pipeline

my @gone = map { $t->connect() } 1 .. 20;

for my $socket (@gone) {
    print $socket "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" x 2;
    $socket->flush();
}

close $_ for @gone;

kill 'CONT', $redis;
ok(wait_for(sub { $t->get('/healthz')->{status} == 200 }), 'it goes on');


# it is gone

end_redis('KILL');
all_are(503, 'killed');

start_redis();
ok(wait_for(sub { $t->get('/healthz')->{status} == 200 }), 'it is back');
ok(wait_for(sub {
    $t->post('/api/conferences/getById', { id => $id })->{status} == 200
}), 'and the room is there');


# a reload while requests wait: the old worker answers them

kill 'STOP', $redis;

my @waiting = map { $t->connect() } 1 .. 5;

for my $socket (@waiting) {
    print $socket "GET /healthz HTTP/1.1\r\nHost: x\r\n"
        . "Connection: close\r\n\r\n";
    $socket->flush();
}

$t->reload();
kill 'CONT', $redis;

is(scalar(grep { local $/; (readline $_) =~ /^HTTP\/1\.1 (200|503)/ } @waiting),
    5, 'all are answered');
ok(wait_for(sub { $t->get('/healthz')->{status} == 200 }),
    'the new worker serves');



# an end while requests wait

kill 'STOP', $redis;

@waiting = map { $t->connect() } 1 .. 5;

for my $socket (@waiting) {
    print $socket "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    $socket->flush();
}

$t->stop();

kill 'CONT', $redis;
end_redis('TERM');

done_testing();
