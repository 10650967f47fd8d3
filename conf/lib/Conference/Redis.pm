package Conference::Redis;

# Copyright (C) the project's authors, BSD-2-Clause.
#
# A small blocking Redis client for setup and tests:
#
#   my $redis = Conference::Redis->new('unix:/path');
#   my $hash = { @{ $redis->call('HGETALL', 'conf:user:1') } };
#
# A method dies with a sentence when Redis cannot be reached, does not answer
# in time, or answers with an error.

use strict;
use warnings;

use IO::Select;
use IO::Socket::IP;
use IO::Socket::UNIX;


sub new
{
    my ($class, $url, %options) = @_;

    return _primary($class, $url, %options) if $url =~ m{^sentinel://};

    my $self = bless { buffer => '', timeout => $options{timeout} // 5 },
        $class;

    my ($socket, $user, $password, $db);

    if ($url =~ m{^unix:([^?]+)(?:\?(.*))?$}) {
        my ($path, %query) = ($1, map { split /=/, $_, 2 }
            split /&/, $2 // '');

        ($user, $password, $db) = @query{qw(user password db)};
        $socket = IO::Socket::UNIX->new(Peer => $path);

    } elsif ($url =~ m{^redis://(?:([^:@/]*):([^@/]*)@)?
                       (\[[^\]]+\]|[^:/]+)(?::(\d+))?(?:/(\d*))?$}x)
    {
        my ($host, $port);

        ($user, $password, $host, $port, $db) = ($1, $2, $3, $4, $5);
        $host =~ s/^\[(.*)\]$/$1/;

        $socket = IO::Socket::IP->new(PeerHost => $host,
            PeerPort => $port // 6379, Timeout => $self->{timeout});

    } else {
        die "not a Redis URL; redis://[:password\@]host:port/db,"
            . " sentinel://host:port/name and unix:/path are\n";
    }

    die "no Redis at this address: $!\n" if !$socket;

    $self->{socket} = $socket;

    for ($user, $password) {
        s/%([0-9a-fA-F]{2})/chr hex $1/ge if defined;
    }

    if (defined $password && $password ne '') {
        $self->call('AUTH', ($user // '') ne '' ? $user : (), $password);
    }

    $self->call('SELECT', $db) if $db;

    return $self;
}


# the primary that a Sentinel names

sub _primary
{
    my ($class, $url, %options) = @_;

    $url =~ m{^sentinel://([^@/]*@)?([^@/?]+)/([^/?]+)(/\d*)?
              (?:\?sentinel_password=(.*))?$}x
        or die "not sentinel://[:password\@]host:port,host:port/name/db\n";

    my ($user, $addresses, $name, $db, $password) = ($1, $2, $3, $4, $5);

    for my $address (split /,/, $addresses) {
        my $own = defined $password ? ":$password\@" : '';

        $address .= ':26379' if $address !~ /:\d+$/;

        my $primary = eval {
            $class->new("redis://$own$address", %options)
                ->call('SENTINEL', 'get-master-addr-by-name', $name)
        } or next;

        my ($host, $port) = @$primary;

        $host = "[$host]" if $host =~ /:/;

        return $class->new('redis://' . ($user // '') . "$host:$port"
            . ($db // ''), %options);
    }

    die "no Sentinel knows where Redis is\n";
}


# strings are bytes, an array is a reference, nil is undef

sub call
{
    my ($self, @words) = @_;

    my $message = '*' . @words . "\r\n";

    for my $word (@words) {
        utf8::encode($word) if utf8::is_utf8($word);
        $message .= '$' . length($word) . "\r\n$word\r\n";
    }

    local $SIG{PIPE} = 'IGNORE';

    while (length $message) {
        my $n = syswrite($self->{socket}, $message)
            // die "Redis has closed the connection\n";

        substr($message, 0, $n, '');
    }

    return $self->reply();
}


# also what a subscribed connection receives

sub reply
{
    my ($self) = @_;

    my $line = $self->_take_line();
    my $type = substr($line, 0, 1, '');

    if ($type eq '+' || $type eq ':') {
        return $line;
    }

    if ($type eq '-') {
        die "Redis: $line\n";
    }

    if ($type eq '$') {
        return undef if $line < 0;

        my $value = $self->_take($line + 2);

        return substr($value, 0, $line);
    }

    if ($type eq '*') {
        return undef if $line < 0;

        return [ map { $self->reply() } 1 .. $line ];
    }

    die "this is not Redis\n";
}


sub _fill
{
    my ($self) = @_;

    IO::Select->new($self->{socket})->can_read($self->{timeout})
        or die "Redis does not answer\n";

    sysread($self->{socket}, $self->{buffer}, 65536, length $self->{buffer})
        or die "Redis has closed the connection\n";
}


sub _take
{
    my ($self, $length) = @_;

    $self->_fill() while length $self->{buffer} < $length;

    return substr($self->{buffer}, 0, $length, '');
}


sub _take_line
{
    my ($self) = @_;

    $self->_fill() while index($self->{buffer}, "\r\n") < 0;

    my $line = $self->_take(index($self->{buffer}, "\r\n"));
    $self->_take(2);

    return $line;
}


1;
