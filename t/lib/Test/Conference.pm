package Test::Conference;

# Copyright (C) the project's authors, BSD-2-Clause.
#
# An instance of the product for one test:
#
#   my $t = Test::Conference->new(WORKERS => 1);
#   my $room = $t->create_room(name => 'daily');
#   is($t->post('/api/conferences/getById', { id => $room->{_id} })->{status},
#       200);
#   $t->stop();
#   done_testing();
#
# It starts conf/run with ports of its own and a temporary RUN_DIR.  stop()
# is part of the test: it fails if error.log holds an alert or a report of a
# sanitizer, or if a process is left.

use strict;
use warnings;

use Cwd qw(abs_path);
use Digest::SHA qw(hmac_sha256);
use Errno qw(EINTR);
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Path qw(remove_tree);
use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::IP;
use JSON::PP;
use MIME::Base64 qw(decode_base64url encode_base64url);
use Test::More;
use Time::HiRes qw(sleep time);

our ($top, @EXPORT, @instances);

BEGIN {
    $top = abs_path(dirname(__FILE__) . '/../../..');
    @EXPORT = qw(wait_for jwt jwt_claims audio_offer);
}

use lib "$top/conf/lib";

use Conference::Redis;
use Test::Conference::Ports qw(take_ports);
use Test::Conference::WebSocket;


# Variables are those of make run.  Besides them: conf => { NAME => TEXT } are
# files in RUN_DIR/conf.d, NAME begins with main-, http-, server- or stream-;
# NETWORK => PID runs it in the network of a process (t/lib/own-nodes).

sub new
{
    my ($class, %variables) = @_;

    my $self = bless {
        conf => delete $variables{conf} // {},
        vars => { LOG_LEVEL => 'debug', %variables },
    }, $class;

    $self->{dir} = $self->{vars}{RUN_DIR} //=
        tempdir('conference-XXXXXXXX', TMPDIR => 1, CLEANUP => 0);

    # workers get no further than the folder lets them
    chmod 0755, $self->{dir};

    $self->{vars}{BUILD} = $ENV{BUILD} // 'build';
    $self->{vars}{BUILD} = "$top/$self->{vars}{BUILD}"
        if $self->{vars}{BUILD} !~ m{^/};

    # the lock lives as long as the test, which may start it again
    if (!$self->{vars}{HTTP_PORT}) {
        ($self->{lock}, my %ports) = take_ports(%{ $self->{vars} });
        %{ $self->{vars} } = (%{ $self->{vars} }, %ports);
    }

    $self->{port} = $self->{vars}{HTTP_PORT};

    push @instances, $self;

    $self->start();

    return $self;
}


sub in_network
{
    my ($self, @command) = @_;

    my $pid = $self->{vars}{NETWORK} // return @command;

    return ('nsenter', "--net=/proc/$pid/ns/net", @command);
}


# start() and halt() restart an instance on its data; ports stay

sub start
{
    my ($self) = @_;

    delete $self->{redis};

    mkdir "$self->{dir}/conf.d";
    write_file("$self->{dir}/conf.d/$_.conf", $self->{conf}{$_})
        for keys %{ $self->{conf} };

    $self->{pid} = open $self->{output}, '-|';

    if ($self->{pid} == 0) {
        @ENV{keys %{ $self->{vars} }} = values %{ $self->{vars} };
        exec $self->in_network("$top/conf/run") or die "conf/run: $!\n";
    }

    my ($said, $ready) = ('', 0);

    while (!$ready && defined(my $line = readline $self->{output})) {
        $said .= $line;
        $ready = $line =~ /^ready /;
    }

    die "no instance: $said" . $self->log_tail() . "\n" if !$ready;

    $self->{admin} = decode_json(read_file("$self->{dir}/admin.json"));
    $self->{groups} = [ map { $_->[1] } children($self->{pid}) ];
}


sub halt
{
    my ($self) = @_;

    my $pid = delete $self->{pid} // return;

    kill 'TERM', $pid;
    close $self->{output};

    return $?;
}


# ends the instance and judges it: three tests

sub stop
{
    my ($self) = @_;

    is($self->halt(), 0, 'the instance ended by itself');

    is(join(' ', grep { kill 0, -$_ } @{ $self->{groups} }), '',
        'no process is left');

    is($self->log_problems(), '', 'error.log holds no problem');
}


# what a test leaves behind when it dies

END
{
    my $status = $?;

    for my $self (grep { defined } @instances) {
        $self->halt();

        if ($status == 0 && Test::More->builder->is_passing
            && !$ENV{TEST_LEAVE})
        {
            remove_tree($self->{dir});
        } else {
            diag("logs are in $self->{dir}/logs");
        }
    }

    $? = $status;
}


# lines that must not be there

sub log_problems
{
    my ($self) = @_;

    my @lines = grep {
        / \[(?:alert|emerg|crit)\] / || /Sanitizer|: runtime error: /
    } split /\n/, read_file("$self->{dir}/logs/error.log");

    splice @lines, 20 if @lines > 20;

    return join "\n", @lines;
}


sub log_tail
{
    my ($self) = @_;

    my $file = "$self->{dir}/logs/error.log";
    my @lines = -e $file ? split(/^/, read_file($file)) : ();

    return join '', @lines[(@lines > 20 ? -20 : 0) .. -1];
}


sub dir    { $_[0]->{dir} }
sub port   { $_[0]->{port} }
sub url    { $_[0]->{admin}{url} }
sub admin  { $_[0]->{admin} }
sub token  { $_[0]->{admin}{token} }


# processes

sub nginx_pid
{
    my ($self) = @_;

    chomp(my $pid = read_file("$self->{dir}/nginx.pid"));

    return $pid;
}


sub worker_pids
{
    my ($self) = @_;

    return sort { $a <=> $b } map { $_->[0] } children($self->nginx_pid());
}


sub redis_pid
{
    my ($self) = @_;

    my ($child) = grep { read_file("/proc/$_->[0]/cmdline") =~ /^redis/ }
        children($self->{pid});

    return $child->[0];
}


# new workers run when it returns; old ones may drain

sub reload
{
    my ($self) = @_;

    my %old = map { $_ => 1 } $self->worker_pids();

    kill 'HUP', $self->nginx_pid();

    wait_for(sub { grep { !$old{$_} } $self->worker_pids() })
        or die "no new worker after a reload\n";
}


# [pid, process group] of each child

sub children
{
    my ($parent) = @_;
    my @children;

    for my $file (glob '/proc/[0-9]*/stat') {
        open my $stat, '<', $file or next;
        my $line = readline $stat // next;

        # pid (name) state ppid pgrp
        if ($line =~ /^(\d+) \(.*\) \w (\d+) (\d+) /s && $2 == $parent) {
            push @children, [$1, $3];
        }
    }

    return @children;
}


# Redis, by words; strings are bytes

sub redis
{
    my ($self, @words) = @_;

    $self->{redis} //= Conference::Redis->new(
        $self->{vars}{REDIS_URL} // "unix:$self->{dir}/redis.sock");

    my $reply = eval { $self->{redis}->call(@words) };

    if (my $error = $@) {
        # anything but an error of the command leaves the connection useless
        delete $self->{redis} if $error !~ /^Redis: /;
        die $error;
    }

    return $reply;
}


# HTTP

# Options: headers => { NAME => VALUE }, content => BYTES, json => VALUE,
# token => API TOKEN, timeout => SECONDS.  Answers { status, headers (names in
# lower case, a value or an array of them), content, json }; status is 0 if
# there was no answer.

sub request
{
    my ($self, $method, $path, %options) = @_;

    my %headers = ('Host' => "127.0.0.1:$self->{port}",
        'Connection' => 'close', %{ $options{headers} // {} });
    my $content = $options{content};

    if (exists $options{json}) {
        $content = encode_json($options{json});
        $headers{'Content-Type'} //= 'application/json';
    }

    $headers{'Content-Length'} //= length $content if defined $content;
    $headers{'x-access-token'} //= $options{token} if $options{token};

    my $head = "$method $path HTTP/1.1\r\n"
        . join('', map { defined $headers{$_} ? "$_: $headers{$_}\r\n" : '' }
               sort keys %headers);

    return parse_response($method, $self->raw("$head\r\n" . ($content // ''),
        $options{timeout}));
}


sub get
{
    my ($self, $path, %options) = @_;

    return $self->request('GET', $path, %options);
}


# with the admin's token

sub post
{
    my ($self, $path, $json, %options) = @_;

    return $self->request('POST', $path, token => $self->token(),
        json => $json, %options);
}


# sends bytes as they are and answers all that comes until the connection ends

sub raw
{
    my ($self, $bytes, $timeout) = @_;

    my $socket = $self->connect();
    my $deadline = time + ($timeout // 10);
    my $select = IO::Select->new($socket);
    my $answer = '';

    local $SIG{PIPE} = 'IGNORE';

    # a server may answer and close before it has read all
    print $socket $bytes;
    $socket->flush();

    while ((my $left = $deadline - time) > 0) {
        next if !$select->can_read($left);
        last if !sysread $socket, $answer, 65536, length $answer;
    }

    return $answer;
}


sub connect
{
    my ($self) = @_;

    return IO::Socket::IP->new(PeerHost => '127.0.0.1',
        PeerPort => $self->{port}, Timeout => 5) || die "connect: $!\n";
}


sub parse_response
{
    my ($method, $bytes) = @_;

    $bytes =~ s{^HTTP/1\.[01] (\d{3})[^\r\n]*\r\n(.*?\r\n)\r\n}{}s
        or return { status => 0, headers => {}, content => '' };

    my ($status, $lines, %headers) = ($1, $2);

    for my $line (split /\r\n/, $lines) {
        my ($name, $value) = $line =~ /^([^:]+):\s*(.*?)\s*$/ or next;

        $name = lc $name;
        $headers{$name} = exists $headers{$name}
            ? [ ref $headers{$name} ? @{ $headers{$name} } : $headers{$name},
                $value ]
            : $value;
    }

    if (($headers{'transfer-encoding'} // '') eq 'chunked') {
        $bytes = join '', unchunk($bytes);
    }

    return {
        status => $status, headers => \%headers, content => $bytes,
        json => scalar eval { JSON::PP->new->utf8->allow_nonref
                              ->decode($bytes) },
    };
}


sub unchunk
{
    my ($bytes) = @_;
    my @chunks;

    while ($bytes =~ s/^([0-9a-fA-F]+)[^\r\n]*\r\n// && hex $1) {
        push @chunks, substr $bytes, 0, hex $1, '';
        $bytes =~ s/^\r\n//;
    }

    return @chunks;
}


# the product

sub create_room
{
    my ($self, %fields) = @_;

    my $reply = $self->post('/api/conferences/create',
        { name => 'room', %fields });

    die "create: $reply->{status} $reply->{content}\n"
        if $reply->{status} != 200;

    return $reply->{json};
}


# what createToken answers

sub join_token
{
    my ($self, $id, %fields) = @_;

    my $reply = $self->request('POST', '/api/conferences/createToken',
        json => { id => $id, mode => 'speaker', name => 'Anna', %fields });

    die "createToken: $reply->{status} $reply->{content}\n"
        if $reply->{status} != 200;

    return $reply->{json};
}


# a LiveKit access token of the instance's key; grant is its "video" member

sub access_token
{
    my ($self, $identity, $grant, %claims) = @_;

    return jwt({
        iss => $self->{admin}{api_key}, sub => $identity, nbf => time - 5,
        exp => int(time) + 600, video => $grant, %claims,
    }, $self->{admin}{api_secret});
}


# a JSON Web Token, HS256 unless the header says otherwise

sub jwt
{
    my ($payload, $key, $header) = @_;

    my $text = join '.', map {
        encode_base64url(JSON::PP->new->utf8->canonical->encode($_))
    } $header // { alg => 'HS256', typ => 'JWT' }, $payload;

    return "$text." . encode_base64url(hmac_sha256($text, $key));
}


# what it says, unverified

sub jwt_claims
{
    my ($token) = @_;

    return JSON::PP->new->utf8->decode(decode_base64url(
        (split /\./, $token)[1]));
}


# what an encoder offers by WHIP

sub audio_offer
{
    return join "\r\n", 'v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0',
        'a=group:BUNDLE 0', 'm=audio 9 UDP/TLS/RTP/SAVPF 111',
        'c=IN IP4 0.0.0.0', 'a=mid:0', 'a=sendonly', 'a=rtcp-mux',
        'a=rtpmap:111 opus/48000/2', 'a=ice-ufrag:abcd',
        'a=ice-pwd:0123456789abcdef01234567', 'a=setup:actpass',
        'a=fingerprint:sha-256 ' . join(':', ('AA') x 32), '';
}


# a connected Test::Conference::WebSocket, or undef when it was refused; in a
# list also the answer

sub websocket
{
    my ($self, $path, %headers) = @_;

    return Test::Conference::WebSocket->open($self->connect(), $path,
        Host => "127.0.0.1:$self->{port}", %headers);
}


# true when the condition came true before the deadline

sub wait_for
{
    my ($condition, $seconds) = @_;

    my $deadline = time + ($seconds // 10);

    while (1) {
        my $value = $condition->();

        return $value if $value;
        return 0 if time > $deadline;

        sleep 0.02;
    }
}


sub read_file
{
    my ($path) = @_;

    open my $file, '<:raw', $path or return '';
    local $/;

    return scalar(readline $file) // '';
}


sub write_file
{
    my ($path, $text) = @_;

    open my $file, '>:raw', $path or die "$path: $!\n";
    print $file $text and close $file or die "$path: $!\n";
}


1;
