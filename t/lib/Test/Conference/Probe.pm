package Test::Conference::Probe;

# Copyright (C) the project's authors, BSD-2-Clause.
#
# An instance that has a part of the product behind HTTP (t/module):
#
#   my $probe = Test::Conference::Probe->new('redis', $url);
#   is($probe->ask('command', 'GET', 'key'), '0 "value"');
#   ok($probe->says(qr/^up/m));
#
# The parts are "link", "redis" and "registry".  Options are those of an
# instance, and for links secret => TEXT, node => ADDRESS.  Of a link:
#
#   is($probe->link_of($wid)->{queued}, 0);
#   is($probe->stats()->{links}, 1);
#   is($probe->events($wid), 'up down');
#   $probe->got_flood($wid, 1000, 'small ones');

use strict;
use warnings;

use File::Temp qw(tempdir);
use IO::Socket::UNIX;

use Test::Conference;
use Test::More;


sub new
{
    my ($class, $part, $url, %options) = @_;

    my $dir = tempdir('conference-XXXXXXXX', TMPDIR => 1, CLEANUP => 0);
    my $build = $ENV{BUILD} // 'build';

    $build = "$Test::Conference::top/$build" if $build !~ m{^/};

    my $secret = delete $options{secret} // 'the secret of a test';

    my $node = delete $options{node};

    my %directives = (
        link => "link_test_redis $url; link_test_secret '$secret';"
            . (defined $node ? " link_test_node $node;" : ''),
        redis => "redis_test_server $url;",
        registry => "registry_test_redis $url;",
    );

    # a part of it lives in one worker, which has to be the one that is asked

    $options{WORKERS} //= 1;

    my $self = bless { socket => "$dir/probe.sock" }, $class;

    $options{conf} = {
        %{ $options{conf} // {} },
        'main-probe' =>
            "load_module $build/module/ngx_rtc_test_module.so;\n",
        'http-probe' => "$directives{$part}\n"
            . "server { listen unix:$self->{socket};\n"
            . "location / { ${part}_test; } }\n",
    };

    $self->{instance} = Test::Conference->new(RUN_DIR => $dir, %options);

    return $self;
}


sub instance { $_[0]->{instance} }


# sends a question; its answer comes by finish()

sub start
{
    my ($self, $path, @words) = @_;

    my $socket = IO::Socket::UNIX->new(Peer => $self->{socket})
        or die "$self->{socket}: $!\n";

    s/([^A-Za-z0-9_])/sprintf '%%%02X', ord $1/ge for @words;

    print $socket "GET /$path" . (@words ? '?' . join '&', @words : '')
        . " HTTP/1.0\r\n\r\n";
    $socket->flush();

    return $socket;
}


sub finish
{
    my ($self, $socket) = @_;

    local $/;
    my $answer = readline $socket;

    $answer =~ s/^HTTP.*?\r\n\r\n//s;
    $answer =~ s/\n$//;

    return $answer;
}


sub ask
{
    my ($self, @words) = @_;

    return $self->finish($self->start(@words));
}


# waits until the callbacks have reported this

sub says
{
    my ($self, $pattern, $seconds) = @_;

    return wait_for(sub { $self->ask('journal') =~ $pattern }, $seconds);
}


# a link to a worker, and all of them, in numbers

sub link_of
{
    my ($self, $wid) = @_;

    return { map { split /:/ } split / /, $self->ask('link', $wid) };
}


sub stats { return { map { split /:/ } split / /, $_[0]->ask('stat') } }


# what was reported of it

sub events
{
    my ($self, $wid) = @_;

    return join ' ', $self->ask('journal') =~ /^(up|down|dead) $wid/mg;
}


# two tests: all messages of a flood have come, and as they were sent

sub got_flood
{
    my ($self, $wid, $count, $name) = @_;

    local $Test::Builder::Level = $Test::Builder::Level + 1;

    ok(wait_for(sub { $self->link_of($wid)->{received} == $count }, 20),
        "$name: all") or diag(explain($self->link_of($wid)));
    is($self->link_of($wid)->{wrong}, 0, "$name: in order, whole");
}


sub stop { $_[0]->{instance}->stop() }


1;
