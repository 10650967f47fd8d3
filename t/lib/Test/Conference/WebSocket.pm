package Test::Conference::WebSocket;

# Copyright (C) the project's authors, BSD-2-Clause.
#
# A WebSocket client (RFC 6455) for signalling tests.

use strict;
use warnings;

use Digest::SHA qw(sha1_base64);
use IO::Select;
use MIME::Base64 qw(encode_base64);
use Time::HiRes qw(time);

use constant {
    TEXT => 1, BINARY => 2, CLOSE => 8, PING => 9, PONG => 10,
};


# Answers the client, or undef when the server refused; in a list context also
# its answer: bytes up to the end of the head.

sub open
{
    my ($class, $socket, $path, %headers) = @_;

    my $self = bless { socket => $socket, buffer => '' }, $class;
    my $key = encode_base64(join('', map { chr int rand 256 } 1 .. 16), '');

    %headers = (Upgrade => 'websocket', Connection => 'Upgrade',
        'Sec-WebSocket-Version' => 13, 'Sec-WebSocket-Key' => $key, %headers);

    $self->send_bytes("GET $path HTTP/1.1\r\n"
        . join('', map { "$_: $headers{$_}\r\n" } sort keys %headers)
        . "\r\n");

    my $deadline = time + 10;

    while ($self->{buffer} !~ /\r\n\r\n/) {
        last if !$self->_fill($deadline);
    }

    $self->{buffer} =~ s/^(.*?\r\n\r\n)//s;
    my $head = $1 // '';

    my $accept = sha1_base64("${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    my $ok = $head =~ /^HTTP\/1\.1 101 /
        && $head =~ /^Sec-WebSocket-Accept: \Q$accept\E=\r$/mi;

    return wantarray ? ($ok ? $self : undef, $head) : $ok ? $self : undef;
}


sub send_bytes
{
    my ($self, $bytes) = @_;

    local $SIG{PIPE} = 'IGNORE';

    while (length $bytes) {
        my $n = syswrite $self->{socket}, $bytes // return 0;
        return 0 if !$n;
        substr $bytes, 0, $n, '';
    }

    return 1;
}


# options: fin => 0 for a fragment, mask => '' for an unmasked frame

sub send_frame
{
    my ($self, $opcode, $payload, %options) = @_;

    my $n = length $payload;
    my $mask = $options{mask} // pack 'N', int rand 2 ** 32;
    my $bit = length $mask ? 0x80 : 0;

    my $head = pack 'C', ($options{fin} // 1 ? 0x80 : 0) | $opcode;

    $head .= $n < 126   ? pack 'C', $bit | $n
           : $n < 65536 ? pack 'Cn', $bit | 126, $n
           :              pack 'CQ>', $bit | 127, $n;

    if ($bit) {
        $payload ^= substr $mask x ($n / 4 + 1), 0, $n;
    }

    return $self->send_bytes("$head$mask$payload");
}


sub send_text    { $_[0]->send_frame(TEXT, $_[1]) }
sub send_binary  { $_[0]->send_frame(BINARY, $_[1]) }

sub send_close
{
    my ($self, $code, $reason) = @_;

    $self->send_frame(CLOSE, pack 'na*', $code // 1000, $reason // '');
}


# Answers the opcode and payload of the next message; nothing after the
# deadline or at the end of the connection (is_closed() tells).  Pings are
# answered, fragments joined.

sub receive
{
    my ($self, $seconds) = @_;

    my $deadline = time + ($seconds // 10);
    my ($opcode, $message);

    while (my ($fin, $op, $payload) = $self->_frame($deadline)) {
        if ($op == PING) {
            $self->send_frame(PONG, $payload);
            next;
        }

        next if $op == PONG;

        ($opcode, $message) = ($op, '') if $op;
        $message .= $payload;

        return ($opcode, $message) if $fin;
    }

    return;
}


# the code of the close frame, 0 for an end without one, undef in time

sub receive_close
{
    my ($self, $seconds) = @_;

    my $deadline = time + ($seconds // 10);

    while (my ($opcode, $message) = $self->receive($deadline - time)) {
        return unpack 'n', "$message\0\0" if $opcode == CLOSE;
    }

    return $self->is_closed() ? 0 : undef;
}


sub is_closed  { $_[0]->{closed} }

sub close
{
    my ($self) = @_;

    close $self->{socket};
}


sub _frame
{
    my ($self, $deadline) = @_;

    my ($b0, $b1) = unpack 'CC', $self->_take(2, $deadline) // return;
    my $n = $b1 & 0x7f;

    if ($n == 126) {
        $n = unpack 'n', $self->_take(2, $deadline) // return;

    } elsif ($n == 127) {
        $n = unpack 'Q>', $self->_take(8, $deadline) // return;
    }

    my $payload = $self->_take($n, $deadline) // return;

    return ($b0 & 0x80, $b0 & 0x0f, $payload);
}


sub _take
{
    my ($self, $n, $deadline) = @_;

    while (length $self->{buffer} < $n) {
        $self->_fill($deadline) or return;
    }

    return substr $self->{buffer}, 0, $n, '';
}


sub _fill
{
    my ($self, $deadline) = @_;

    my $left = $deadline - time;

    IO::Select->new($self->{socket})->can_read($left > 0 ? $left : 0)
        or return 0;

    if (!sysread $self->{socket}, $self->{buffer}, 65536,
                 length $self->{buffer})
    {
        $self->{closed} = 1;
        return 0;
    }

    return 1;
}


1;
