package Test::Conference::Turn;

# Copyright (C) the project's authors, BSD-2-Clause.
#
# A TURN client, and a nginx with nothing but TURN:
#
#   my $server = Test::Conference::Turn->server('turn_max_channels 2;');
#   my $turn = Test::Conference::Turn->new($server);
#   is($turn->allocate(), 0);           # an error code, 0: success
#   is($turn->permit('127.0.0.1'), 0);
#   $turn->send('127.0.0.1', $port, 'data');
#
# The nginx relays from and to 127.0.0.1; its users are "user" and "other"
# with the password "pass", its secret is "north".

use strict;
use warnings;

use Digest::MD5 qw(md5);
use Digest::SHA qw(hmac_sha1);
use File::Temp qw(tempdir);
use IO::Select;
use IO::Socket::IP;
use Socket qw(AF_INET AF_INET6 AF_UNIX PF_UNSPEC SOCK_STREAM inet_aton
              inet_ntop inet_pton pack_sockaddr_in pack_sockaddr_in6
              unpack_sockaddr_in unpack_sockaddr_in6);
use Test::More;

use Test::Conference;

use Conference::Turn qw(make_turn_certificate);


my $magic = pack 'N', 0x2112a442;

my %methods = (binding => 1, allocate => 3, refresh => 4,
    create_permission => 8, channel_bind => 9, connect => 10,
    connection_bind => 11);


# A nginx of its own; directives are those of "stream".  Options: workers => N,
# tls => 1 for a listener over TLS, main => DIRECTIVES, connections => N.

sub server
{
    my ($class, $directives, %options) = @_;

    my $build = $ENV{BUILD} // 'build';
    $build = "$Test::Conference::top/$build" if $build !~ m{^/};

    my $self = bless { build => $build,
        dir => tempdir('turn-XXXXXXXX', TMPDIR => 1, CLEANUP => 1),
        %options }, $class;

    $self->{port} = free_port();

    mkdir "$self->{dir}/logs";
    $self->write('users', "user:pass\nother:pass\n");
    $self->write('secret', "north\n");
    $self->configure($directives // '');
    $self->start();

    return $self;
}


# "server" for TLS

sub tls_server
{
    my ($self, $spread) = @_;

    $self->{tls_port} = free_port();
    make_turn_certificate({ RUN_DIR => $self->{dir}, RTC_IP => '127.0.0.1' });

    return "server { listen 127.0.0.1:$self->{tls_port} ssl $spread; turn;
        ssl_certificate turn.crt; ssl_certificate_key turn.key; }";
}


# for TCP and UDP

sub free_port
{
    while (1) {
        my $taken = IO::Socket::IP->new(LocalHost => '127.0.0.1', Listen => 1)
            or die "listen: $!\n";
        my $port = $taken->sockport();

        return $port if IO::Socket::IP->new(LocalHost => '127.0.0.1',
            LocalPort => $port, Proto => 'udp');
    }
}


sub write
{
    my ($self, $name, $text) = @_;

    open my $file, '>', "$self->{dir}/$name" or die "$name: $!\n";
    print $file $text;
    close $file;
    chmod 0600, "$self->{dir}/$name";
}


sub configure
{
    my ($self, $directives) = @_;

    $directives = "turn_peer_allow 127.0.0.1;\n$directives"
        if $directives !~ /turn_peer_allow/;
    $directives = "turn_challenge_rate 1000;\n$directives"
        if $directives !~ /turn_challenge_rate/;

    my $user = $> == 0 ? 'user root;' : '';
    my $workers = $self->{workers} // 1;
    my $connections = $self->{connections} // 2048;
    my $main = $self->{main} // '';
    my $spread = $workers > 1 ? 'reuseport' : '';
    my $tls = $self->{tls} ? $self->tls_server($spread) : '';

    $self->write('nginx.conf', <<"CONF");
$user
daemon off;
worker_processes $workers;
error_log logs/error.log debug;
pid nginx.pid;
load_module /usr/lib/nginx/modules/ngx_stream_module.so;
load_module $self->{build}/nginx/objs/ngx_rtc_turn_module.so;
$main
events { worker_connections $connections; }
stream {
    turn_user_file users;
    turn_secret_file secret;
    $directives
    server { listen 127.0.0.1:$self->{port} udp reuseport; turn; }
    server { listen 127.0.0.1:$self->{port} $spread; turn; }
    $tls
}
CONF
}


# with a certificate of an hour

sub start
{
    my ($self) = @_;

    $self->{pid} = fork() // die "fork: $!\n";

    if ($self->{pid} == 0) {
        $ENV{PATH} .= ':/usr/sbin';

        if (open my $file, '<', "$self->{build}/sanitizer") {
            chomp($ENV{LD_PRELOAD} = readline $file);
            $ENV{ASAN_OPTIONS} = 'detect_odr_violation=0:detect_leaks=0';
        }

        exec 'nginx', '-p', $self->{dir}, '-c', 'nginx.conf', '-e',
            "$self->{dir}/logs/error.log";
    }

    wait_for(sub { IO::Socket::IP->new(PeerHost => '127.0.0.1',
                                       PeerPort => $self->{port}) })
        or die "no nginx: $self->{dir}\n";
}


sub workers
{
    my ($self) = @_;

    return split ' ', `pgrep -P $self->{pid}`;
}


sub log_text
{
    my ($self) = @_;

    open my $file, '<', "$self->{dir}/logs/error.log" or return '';
    local $/;

    return readline $file;
}


# what must not be there; a killed worker is a test's own doing

sub problems
{
    my ($self) = @_;

    return join "\n", grep { !/exited on signal 9/ }
        grep { /\[(?:alert|emerg|crit)\]|Sanitizer|runtime error/ }
        split /\n/, $self->log_text();
}


# two tests

sub stop
{
    my ($self) = @_;

    kill 'TERM', $self->{pid};
    waitpid $self->{pid}, 0;

    is($?, 0, 'nginx ended by itself');
    is($self->problems(), '', 'no alert and no sanitizer report');
}


# a client; options: tcp => 1, tls => 1 or options of openssl's client, user,
# password, host and port of the server

sub new
{
    my ($class, $server, %options) = @_;

    my $self = bless { user => 'user', password => 'pass', tcp => 0,
        in => '', host => '127.0.0.1', port => $server->{port}, %options },
        $class;

    if ($self->{tls}) {
        $self->{tcp} = 1;
        $self->{socket} = tls_socket(ref $self->{tls} ? @{ $self->{tls} }
            : ('-connect', "127.0.0.1:$server->{tls_port}"));

        return $self;
    }

    $self->{socket} = IO::Socket::IP->new(PeerHost => $self->{host},
        PeerPort => $self->{port}, Proto => $self->{tcp} ? 'tcp' : 'udp')
        or die "connect: $!\n";

    return $self;
}


# what openssl makes of it; core modules have no TLS

sub tls_socket
{
    my (@words) = @_;

    socketpair my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC
        or die "socketpair: $!\n";

    if (!(fork() // die "fork: $!\n")) {
        open STDIN, '<&', $theirs;
        open STDOUT, '>&', $theirs;
        open STDERR, '>', '/dev/null';
        close $ours;
        exec 'openssl', 's_client', '-quiet', '-no_ign_eof', @words;
    }

    return $ours;
}


sub attr
{
    my ($type, $value) = @_;

    return pack('nn', $type, length $value) . $value
        . "\0" x (-length($value) & 3);
}


sub xor_addr
{
    my ($address, $port, $tid) = @_;

    my $v6 = $address =~ /:/;
    my $bytes = inet_pton($v6 ? AF_INET6 : AF_INET, $address);

    return pack('CCn', 0, $v6 ? 2 : 1, $port ^ 0x2112)
        . ($bytes ^ substr $magic . $tid, 0, length $bytes);
}


sub message
{
    my ($type, $tid, $attrs) = @_;

    return pack('nn', $type, length $attrs) . $magic . $tid . $attrs;
}


# A request with these attributes, or with those a function makes for its
# transaction id; answers the code of an error, 0: success, -1: no answer.
# Options: once => 1: no second try, behind => ATTRIBUTES behind the integrity,
# after => BYTES behind the message.

sub ask
{
    my ($self, $method, $attrs, %options) = @_;

    my $tid = join '', map { chr int rand 256 } 1 .. 12;

    $attrs = $attrs->($tid) if ref $attrs;

    for my $try (1 .. 3) {
        my $known = defined $self->{nonce};
        my $code = $self->exchange($self->signed($methods{$method}, $tid,
            $attrs // '', $options{behind}) . ($options{after} // ''));

        return $code if $options{once} || ($code == 401 && $known)
            || ($code != 401 && $code != 438);

        $self->{realm} = $self->{answer}{0x0014};
        $self->{nonce} = $self->{answer}{0x0015};
    }

    return -1;
}


sub signed
{
    my ($self, $method, $tid, $attrs, $behind) = @_;

    return message($method, $tid, $attrs) if !defined $self->{nonce};

    $attrs .= attr(0x0006, $self->{user}) . attr(0x0014, $self->{realm})
        . attr(0x0015, $self->{nonce});

    my $key = md5("$self->{user}:$self->{realm}:$self->{password}");
    my $text = message($method, $tid, $attrs);

    substr $text, 2, 2, pack 'n', length($attrs) + 24;

    return message($method, $tid, $attrs
        . attr(0x0008, hmac_sha1($text, $key)) . ($behind // ''));
}


sub exchange
{
    my ($self, $bytes) = @_;

    for (1 .. ($self->{tcp} ? 1 : 3)) {
        $self->put($bytes);

        my $code = $self->exchange_tid(substr($bytes, 8, 12),
            $self->{tcp} ? 5 : 1);

        return $code if $code != -1;
    }

    return -1;
}


# the answer to what was sent before

sub exchange_tid
{
    my ($self, $tid, $seconds) = @_;

    while (defined(my $message = $self->get($seconds))) {
        next if substr($message, 8, 12) ne $tid;

        $self->{answer} = read_attrs($message);
        $self->{tid} = $tid;

        return 0 if (unpack('n', $message) & 0x0110) == 0x0100;

        my (undef, $class, $number) = unpack 'nCC',
            $self->{answer}{0x0009} // "\0\0\0\0";

        return $class * 100 + $number;
    }

    return -1;
}


sub read_attrs
{
    my ($message) = @_;
    my %attrs;
    my $at = 20;

    while ($at + 4 <= length $message) {
        my ($type, $len) = unpack 'nn', substr $message, $at, 4;

        $attrs{$type} //= substr $message, $at + 4, $len;
        $at += 4 + (($len + 3) & ~3);
    }

    return \%attrs;
}


sub put
{
    my ($self, $bytes) = @_;

    local $SIG{PIPE} = 'IGNORE';

    return syswrite $self->{socket}, $bytes;
}


# a message of the server, or undef

sub get
{
    my ($self, $seconds) = @_;

    my $select = IO::Select->new($self->{socket});

    while (1) {
        if ($self->{tcp} && length $self->{in} >= 4) {
            my ($type, $len) = unpack 'nn', $self->{in};
            my $size = $type & 0x4000 ? 4 + (($len + 3) & ~3) : 20 + $len;

            return substr $self->{in}, 0, $size, ''
                if length $self->{in} >= $size;
        }

        return if !$select->can_read($seconds // 3);

        my $n = sysread $self->{socket}, my $bytes, 65536;

        return if !defined $n || ($n == 0 && $self->{tcp});
        return $bytes if !$self->{tcp};

        $self->{in} .= $bytes;
    }
}


# address and port of an XOR-...-ADDRESS of the answer

sub address
{
    my ($self, $value) = @_;

    my (undef, $family, $port) = unpack 'CCn', $value;
    my $bytes = substr $value, 4;

    $bytes ^= substr $magic . $self->{tid}, 0, length $bytes;

    return inet_ntop($family == 2 ? AF_INET6 : AF_INET, $bytes),
        $port ^ 0x2112;
}


sub allocate
{
    my ($self, $attrs) = @_;

    return $self->allocated("\x11", $attrs);
}


# RFC 6062

sub allocate_tcp
{
    my ($self, $attrs) = @_;

    return $self->allocated("\x06", $attrs);
}


sub allocated
{
    my ($self, $protocol, $attrs) = @_;

    my $code = $self->ask('allocate',
        attr(0x0019, "$protocol\0\0\0") . ($attrs // ''));

    if ($code == 0) {
        @$self{qw(relay relay_port)} = $self->address($self->{answer}{0x0016});
    }

    return $code;
}


sub refresh
{
    my ($self, $lifetime) = @_;

    return $self->ask('refresh', attr(0x000d, pack 'N', $lifetime));
}


sub permit
{
    my ($self, @addresses) = @_;

    return $self->ask('create_permission', sub {
        my ($tid) = @_;

        return join '', map { attr(0x0012, xor_addr($_, 9, $tid)) }
            @addresses;
    });
}


# to a peer; the connection's id is in {id}

sub connect_to
{
    my ($self, $address, $port) = @_;

    my $code = $self->ask('connect', sub {
        return attr(0x0012, xor_addr($address, $port, $_[0]));
    });

    $self->{id} = $self->{answer}{0x002a} if $code == 0;

    return $code;
}


# the port of a peer that has connected; the connection's id is in {id}

sub attempt
{
    my ($self, $seconds) = @_;

    my $message = $self->get($seconds) // return;
    my $attrs = read_attrs($message);

    return if unpack('n', $message) != 0x001c;

    $self->{id} = $attrs->{0x002a};

    return (unpack 'CCn', $attrs->{0x0012})[2] ^ 0x2112;
}


# a new connection with that id, bytes may follow at once; in a list the code

sub data_connection
{
    my ($self, $server, %options) = @_;

    my $data = __PACKAGE__->new($server, tcp => 1, user => $self->{user},
        %options);
    my $code = $data->connection_bind($options{id} // $self->{id},
        $options{behind});

    return wantarray ? ($data, $code) : $data;
}


sub connection_bind
{
    my ($self, $id, $behind) = @_;

    # the challenge comes first, so that nothing is behind that one
    $self->ask('connection_bind', attr(0x002a, "\0\0\0\0"))
        if defined $behind;

    return $self->ask('connection_bind', attr(0x002a, $id),
        after => $behind);
}


# so many bytes of a data connection, or what there is until it ends

sub data
{
    my ($self, $n, $seconds) = @_;

    my $select = IO::Select->new($self->{socket});

    while (length $self->{in} < $n) {
        last if !$select->can_read($seconds // 5);
        last if !sysread $self->{socket}, $self->{in}, 65536,
            length $self->{in};
    }

    return substr $self->{in}, 0, $n, '';
}


# whether it has ended

sub ended
{
    my ($self, $seconds) = @_;

    return IO::Select->new($self->{socket})->can_read($seconds // 5)
        && !sysread $self->{socket}, my $byte, 1;
}


sub bind_channel
{
    my ($self, $number, $address, $port) = @_;

    return $self->ask('channel_bind', sub {
        return attr(0x000c, pack 'nn', $number, 0)
            . attr(0x0012, xor_addr($address, $port, $_[0]));
    });
}


sub send
{
    my ($self, $address, $port, $data, $more) = @_;
    my $tid = 'indication..';

    $self->put(message(0x0016, $tid, attr(0x0012,
        xor_addr($address, $port, $tid)) . attr(0x0013, $data)
        . ($more // '')));
}


sub send_channel
{
    my ($self, $number, $data) = @_;

    $self->put(pack('nn', $number, length $data) . $data
        . ($self->{tcp} ? "\0" x (-length($data) & 3) : ''));
}


# a peer on 127.0.0.1, or on the address that is given

sub peer
{
    my ($host) = @_;

    return IO::Socket::IP->new(LocalHost => $host // '127.0.0.1',
        Proto => 'udp') || die "peer: $!\n";
}


# of a process, in KB

sub memory
{
    my ($pid) = @_;

    open my $file, '<', "/proc/$pid/status" or die "$pid: $!\n";

    return (join '', readline $file) =~ /^VmRSS:\s+(\d+)/m ? $1 : 0;
}


# a datagram that a peer gets in time, and the port it came from

sub received
{
    my ($socket, $seconds) = @_;

    return if !IO::Select->new($socket)->can_read($seconds // 3);

    my $from = recv $socket, my $data, 65536, 0;
    my ($port) = length $from == 16 ? unpack_sockaddr_in($from)
        : unpack_sockaddr_in6($from);

    return wantarray ? ($data, $port) : $data;
}


# a datagram from a peer to the relay of a client

sub answer
{
    my ($self, $socket, $data) = @_;

    my ($host, $port) = @$self{qw(relay relay_port)};

    CORE::send($socket, $data, 0, $host =~ /:/
        ? pack_sockaddr_in6($port, inet_pton(AF_INET6, $host))
        : pack_sockaddr_in($port, inet_aton($host)));
}


1;
