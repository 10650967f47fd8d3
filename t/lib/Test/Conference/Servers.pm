package Test::Conference::Servers;

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Redis servers and Sentinels of a test, each on a port or socket of its own:
#
#   my $redis = Test::Conference::Servers->new('--requirepass', 'secret');
#   $redis->call('SET', 'key', 'value');
#   $redis->signal('STOP');
#   $redis->restart();              # kill -9, and again on its data
#
# They end with the object.

use strict;
use warnings;

use File::Temp qw(tempdir);
use IO::Socket::IP;

use Test::Conference;


# Options of redis-server; { port => 1 } first: TCP instead of a unix socket,
# { sentinel => TEXT }: a Sentinel with this configuration

sub new
{
    my ($class, @options) = @_;

    my $how = ref $options[0] ? shift @options : {};
    my $self = bless { options => \@options, %$how }, $class;

    $self->{dir} = tempdir(CLEANUP => 1);
    chmod 0755, $self->{dir};

    if ($self->{port} || $self->{sentinel}) {
        my $socket = IO::Socket::IP->new(LocalHost => '127.0.0.1',
            Listen => 1) or die "listen: $!\n";

        $self->{port} = $socket->sockport();
    }

    if (my $text = $self->{sentinel}) {
        $self->{file} = "$self->{dir}/sentinel.conf";

        open my $file, '>', $self->{file} or die "$self->{file}: $!\n";
        print $file $text;
        close $file;
    }

    $self->start();

    return $self;
}


sub start
{
    my ($self) = @_;

    my @where = $self->{port}
        ? ('--bind', '127.0.0.1', '--port', $self->{port})
        : ('--port', 0, '--unixsocket', "$self->{dir}/socket",
           '--unixsocketperm', 777);
    my @what = $self->{sentinel}
        ? ($self->{file}, '--sentinel')
        : ('--save', '', '--appendonly', 'yes');

    $self->{pid} = fork() // die "fork: $!\n";

    if ($self->{pid} == 0) {
        exec 'redis-server', ($self->{sentinel} ? @what : ()), @where,
            ($self->{sentinel} ? () : @what), '--dir', $self->{dir},
            '--logfile', "$self->{dir}/log", @{ $self->{options} };
    }

    wait_for(sub { eval { $self->call('PING') } })
        or die "no Redis: $self->{dir}/log\n";
}


sub signal
{
    my ($self, $name) = @_;

    kill $name, $self->{pid};
}


sub end
{
    my ($self) = @_;

    my $pid = delete $self->{pid} or return;

    delete $self->{redis};
    kill 'KILL', $pid;
    waitpid $pid, 0;
}


sub restart
{
    my ($self) = @_;

    $self->end();
    $self->start();
}


sub url
{
    my ($self) = @_;

    return $self->{port} ? "redis://127.0.0.1:$self->{port}"
        : "unix:$self->{dir}/socket";
}


sub port { $_[0]->{port} }


# A command, with the password of --requirepass.  The database is that of the
# last SELECT.  A server that became a replica has closed the connection.

sub call
{
    my ($self, @words) = @_;

    $self->{db} = $words[1] if $words[0] eq 'SELECT';

    my $answer = eval { $self->redis()->call(@words) };

    return $answer if !$@;

    delete $self->{redis};

    die $@ if $@ !~ /closed/;

    return $self->redis()->call(@words);
}


sub redis
{
    my ($self) = @_;

    return $self->{redis} if $self->{redis};

    my %options = @{ $self->{options} };
    my $redis = Conference::Redis->new($self->url());

    $redis->call('AUTH', $options{'--requirepass'})
        if defined $options{'--requirepass'};
    $redis->call('SELECT', $self->{db}) if $self->{db};

    return $self->{redis} = $redis;
}


sub DESTROY
{
    my ($self) = @_;

    local ($?, $!, $@);

    $self->end();
}


1;
