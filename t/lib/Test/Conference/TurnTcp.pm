package Test::Conference::TurnTcp;

# Copyright (C) the project's authors, BSD-2-Clause.
#
# The ends of a TCP allocation (RFC 6062):
#
#   my $peer = tcp_peer();
#   my ($turn, $data, $there) = connected($server, $peer);
#   syswrite $there, 'hello';
#   is($data->data(5), 'hello');

use strict;
use warnings;

use Digest::MD5 qw(md5_hex);
use Exporter qw(import);
use IO::Select;
use IO::Socket::IP;

use Test::Conference;
use Test::Conference::Turn;

our @EXPORT = qw(tcp_peer accepted connected at_end bytes exchange_bytes fill
    worker_of data_in);


# a peer that listens

sub tcp_peer
{
    my (%options) = @_;

    return IO::Socket::IP->new(LocalHost => '127.0.0.1', Listen => 16,
        %options) || die "peer: $!\n";
}


# a connection that such a peer gets in time

sub accepted
{
    my ($peer) = @_;

    return if !IO::Select->new($peer)->can_read(5);

    return scalar $peer->accept();
}


# a client, its data connection and the peer's end of it; options are those of
# the client

sub connected
{
    my ($server, $peer, %options) = @_;

    my $turn = Test::Conference::Turn->new($server, tcp => 1, %options);

    $turn->allocate_tcp() == 0
        && $turn->connect_to('127.0.0.1', $peer->sockport()) == 0
        or die "no connection\n";

    return ($turn, scalar $turn->data_connection($server), accepted($peer));
}


# whether it has ended, in time

sub at_end
{
    my ($socket, $seconds) = @_;

    return IO::Select->new($socket)->can_read($seconds // 5)
        && !sysread $socket, my $byte, 1;
}


# so many bytes, or what there is until it ends

sub bytes
{
    my ($socket, $n) = @_;

    return (bless { socket => $socket, in => '' }, 'Test::Conference::Turn')
        ->data($n);
}


# the same bytes both ways at once; the digests of what has come

sub exchange_bytes
{
    my ($one, $other, $bytes) = @_;

    my @ends = map { { socket => $_, out => $bytes, in => '' } } $one, $other;
    my %by = map { $_->{socket} => $_ } @ends;

    $_->blocking(0) for $one, $other;

    while (grep { length $_->{in} < length $bytes } @ends) {
        my ($read, $write) = IO::Select->select(IO::Select->new($one, $other),
            IO::Select->new(map { length $_->{out} ? $_->{socket} : () }
                @ends), undef, 5) or last;

        for my $end (map { $by{$_} } @$read) {
            sysread $end->{socket}, $end->{in}, 65536, length $end->{in};
        }

        for my $end (map { $by{$_} } @$write) {
            my $n = syswrite $end->{socket}, $end->{out}, 65536;

            substr $end->{out}, 0, $n // 0, '';
        }
    }

    $_->blocking(1) for $one, $other;

    return join '', map { md5_hex($_->{in}) } @ends;
}


# as many bytes as somebody takes who is not read

sub fill
{
    my ($socket) = @_;
    my $select = IO::Select->new($socket);
    my $sent = 0;

    $socket->blocking(0);

    while ($select->can_write(0.5)) {
        $sent += syswrite($socket, 'x' x 65536) // 0;
    }

    $socket->blocking(1);

    return $sent;
}


# the worker that accepted a client's connection

sub worker_of
{
    my ($server, $turn) = @_;
    my $from = $turn->{socket}->sockport();
    my @pids;

    wait_for(sub { @pids = $server->log_text()
        =~ /\[info\] (\d+)#\d+: \*\d+ client 127\.0\.0\.1:$from connected/g });

    return $pids[-1];
}


# a connection for data in the same worker, or in another one

sub data_in
{
    my ($server, $turn, $same) = @_;
    my $holder = worker_of($server, $turn);

    for (1 .. 100) {
        my $data = Test::Conference::Turn->new($server, tcp => 1);

        return $data if (worker_of($server, $data) == $holder) == $same;
    }

    die "workers are not what they should be\n";
}


1;
