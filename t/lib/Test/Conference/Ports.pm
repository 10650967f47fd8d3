package Test::Conference::Ports;

# Copyright (C) the project's authors, BSD-2-Clause.
#
# Ports that no other test has.  They come in sets, each with a lock that is
# held by the process that took it and by the instance.

use strict;
use warnings;

use Exporter qw(import);
use Fcntl qw(:DEFAULT :flock F_SETFD);

use Conference::Settings qw(read_settings check_ports);

our @EXPORT_OK = qw(take_ports);

my $sets = 25;
my $folder = '/tmp/conference-test-ports';


# Answers the lock and the ports for an instance with these variables of make
# run.  The ports are free again when the lock is closed everywhere.

sub take_ports
{
    my (%variables) = @_;

    mkdir $folder;

    for my $n (0 .. $sets - 1) {
        sysopen my $lock, "$folder/$n", O_RDWR | O_CREAT, 0666 or next;
        flock $lock, LOCK_EX | LOCK_NB or next;

        my $first = 30000 + 20 * $n;
        my %ports = (HTTP_PORT => 20000 + $n, TURN_PORT => 20025 + $n,
            TURNS_PORT => 20050 + $n, RTC_PORTS => "$first-" . ($first + 19));

        %variables = (%variables, %ports);

        local @ENV{keys %variables} = values %variables;

        if (eval { check_ports(read_settings()); 1 }) {
            fcntl $lock, F_SETFD, 0 or die "fcntl: $!\n";
            return ($lock, %ports);
        }
    }

    die "no ports for a test: $@";
}


1;
