package Conference::Settings;

# Copyright (C) the project's authors, BSD-2-Clause.
#
# The variables of make run: defaults, checks, and what follows from them for
# the templates.  Dies with a sentence for the operator.

use strict;
use warnings;

use Cwd qw(abs_path getcwd);
use Errno qw(EADDRINUSE);
use Exporter qw(import);
use IO::Socket::IP;
use Socket qw(AF_INET AF_INET6 inet_pton);

use Conference::Turn qw(turn_settings);

our @EXPORT_OK = qw(read_settings check_ports);


my %defaults = (
    HTTP_PORT        => 8080,
    HTTP_BIND        => '127.0.0.1',
    RTC_PORTS        => '7882-7945',
    RTC_IP           => '127.0.0.1',
    NODE_ADDRESS     => '',
    TURN_PORT        => 3478,
    TURNS_PORT       => 5349,
    TURN_PEER_ALLOW  => 'sfu',
    WORKERS          => 'auto',
    AUTO_CREATE      => 0,
    RUN_DIR          => 'run',
    REDIS_URL        => '',
    LOG_LEVEL        => 'notice',
    BUILD            => 'build',
);


sub _port
{
    my ($name, $text) = @_;

    if ($text !~ /^\d{1,5}$/ || $text < 1 || $text > 65535) {
        die "$name=$text is not a port number\n";
    }

    return $text + 0;
}


sub _address
{
    my ($name, $text) = @_;

    if (!inet_pton(AF_INET, $text) && !inet_pton(AF_INET6, $text)) {
        die "$name: $text is not an IP address\n";
    }
}


sub _rtc_ports
{
    my ($s) = @_;

    $s->{RTC_PORTS} =~ /^(\d+)-(\d+)$/
        or die "RTC_PORTS=$s->{RTC_PORTS} is not FIRST-LAST\n";

    my ($first, $last) = (_port('RTC_PORTS', $1), _port('RTC_PORTS', $2));

    # a worker takes one, and each reload another while the old one drains
    if ($last - $first + 1 < 4 * $s->{WORKERS}) {
        die "RTC_PORTS=$s->{RTC_PORTS} holds less than four ports per"
            . " worker\n";
    }

    return ($first, $last);
}


# as many workers as cores, as far as the media ports go

sub _cores
{
    my ($s) = @_;

    chomp(my $cores = `nproc`);

    if ($s->{RTC_PORTS} =~ /^(\d+)-(\d+)$/ && $2 - $1 + 1 < 4 * $cores) {
        $cores = int(($2 - $1 + 1) / 4) || 1;
    }

    return $cores;
}


sub _limits
{
    my ($s) = @_;

    chomp(my $files = `sh -c 'ulimit -Hn'`);
    $files = 65536 if $files eq 'unlimited' || $files > 65536;

    $s->{NOFILE} = $files;
    $s->{CONNECTIONS} = $files >= 32768 ? 16384 : int($files / 2);
}


# the next one that is free, unless somebody wants this one

sub _turn_ports
{
    my ($s) = @_;
    my ($address) = split /,/, $s->{RTC_IP};

    for my $name (qw(TURN_PORT TURNS_PORT)) {
        my $tries = $ENV{$name} ? 0 : 50;

        $s->{$name} += 2
            while $tries-- > 0 && !(_can_bind('udp', $address, $s->{$name})
                                    && _can_bind('tcp', $address,
                                                 $s->{$name}));
    }
}


# answers a reference to a hash of all settings

sub read_settings
{
    my $s = { %defaults };

    for my $name (keys %defaults) {
        if (defined $ENV{$name} && $ENV{$name} ne '') {
            $s->{$name} = $ENV{$name};
        }

        # they become words of nginx's configuration
        if ($s->{$name} =~ /[\s"'{};\$\\#]/) {
            die "$name: spaces, quotes and any of { } ; \$ \\ # are not"
                . " possible\n";
        }
    }

    for my $name (qw(HTTP_PORT TURN_PORT TURNS_PORT)) {
        $s->{$name} = _port($name, $s->{$name});
    }

    $s->{WORKERS} = _cores($s) if $s->{WORKERS} eq 'auto';

    $s->{WORKERS} =~ /^[1-9]\d{0,2}$/
        or die "WORKERS=$s->{WORKERS} is neither auto nor a number\n";

    _rtc_ports($s);
    _address('HTTP_BIND', $s->{HTTP_BIND});
    _address('RTC_IP', $_) for split /,/, $s->{RTC_IP}, -1;

    $s->{NODE} = $s->{NODE_ADDRESS} eq '' ? ''
        : "rtc_sfu_node_address       $s->{NODE_ADDRESS};";

    ($s->{RTC_ADDRESSES} = $s->{RTC_IP}) =~ tr/,/ /;

    $s->{AUTO_CREATE} =~ /^[01]$/
        or die "AUTO_CREATE=$s->{AUTO_CREATE} is neither 0 nor 1\n";

    $s->{AUTO_CREATE_FLAG} = $s->{AUTO_CREATE} ? 'on' : 'off';

    $s->{LOG_LEVEL} =~ /^(?:debug|info|notice|warn|error|crit)$/
        or die "LOG_LEVEL=$s->{LOG_LEVEL} is no level of nginx\n";

    my $host = $s->{HTTP_BIND} =~ /:/ ? "[$s->{HTTP_BIND}]" : $s->{HTTP_BIND};

    $s->{HTTP_LISTEN} = "$host:$s->{HTTP_PORT}";

    # nobody can go to a wildcard
    $host = '127.0.0.1' if $host eq '0.0.0.0';
    $host = '[::1]' if $host eq '[::]';

    $s->{URL} = "http://$host:$s->{HTTP_PORT}";

    for my $name (qw(RUN_DIR BUILD)) {
        $s->{$name} = getcwd() . "/$s->{$name}" if $s->{$name} !~ m{^/};
    }

    $s->{BUILD} = abs_path($s->{BUILD}) // die "BUILD: $!\n";
    $s->{ETC} = $s->{DATA} = $s->{RUN_DIR};
    $s->{ACCESS_LOG} = "$s->{RUN_DIR}/logs/access.log";
    $s->{CONNECT_SRC} = 'ws: wss:';
    $s->{HSTS} = '';
    $s->{MODULES} = "$s->{BUILD}/nginx/objs";
    $s->{NGINX_MODULES} = '/usr/lib/nginx/modules';
    $s->{NGINX_CONF} = '/etc/nginx';

    _limits($s);
    _turn_ports($s);
    turn_settings($s);

    return $s;
}


sub _can_bind
{
    my ($proto, $address, $port) = @_;

    # ReuseAddr: a port in TIME_WAIT is free, one that is listened on is not
    my $socket = IO::Socket::IP->new(Proto => $proto, LocalHost => $address,
        LocalPort => $port,
        $proto eq 'tcp' ? (Listen => 1, ReuseAddr => 1) : ());

    return $socket || $! != EADDRINUSE;
}


# nginx itself would not notice another instance on its reuseport listener

sub check_ports
{
    my ($s) = @_;

    if (!_can_bind('tcp', $s->{HTTP_BIND}, $s->{HTTP_PORT})) {
        die "port $s->{HTTP_PORT} of $s->{HTTP_BIND} is in use; choose"
            . " another one: make run HTTP_PORT=" . ($s->{HTTP_PORT} + 1)
            . "\n";
    }

    for my $port (['TURN_PORT', qw(udp tcp)], ['TURNS_PORT', 'tcp']) {
        my ($name, @protos) = @$port;
        my ($address) = split /,/, $s->{RTC_IP};

        for my $proto (@protos) {
            die "port $s->{$name} for TURN is in use; choose another one:"
                . " make run $name=" . ($s->{$name} + 1) . "\n"
                if !_can_bind($proto, $address, $s->{$name});
        }
    }

    my ($first, $last) = _rtc_ports($s);
    my $free = 0;

    for my $port ($first .. $last) {
        if (_can_bind('udp', '0.0.0.0', $port)
            && _can_bind('tcp', '0.0.0.0', $port))
        {
            return if ++$free == $s->{WORKERS};
        }
    }

    die "RTC_PORTS=$s->{RTC_PORTS}: $free of these ports are free, workers"
        . " need $s->{WORKERS}; choose other ports\n";
}


1;
