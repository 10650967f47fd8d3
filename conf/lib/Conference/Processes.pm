package Conference::Processes;

# Copyright (C) the project's authors, BSD-2-Clause.
#
# The children of conf/run, by name.  Each leads a process group of its own,
# so that Ctrl-C reaches only us and they end in the right order, and the
# kernel ends them if we are killed.

use strict;
use warnings;

use Exporter qw(import);
use POSIX qw(WNOHANG);
use Time::HiRes qw(time);

our @EXPORT_OK = qw(start stop reap is_running pause);

my %pids;


# stdin, stdout: paths; folder: where it runs; user: whose privileges it has
# if we are root; env: more of the environment.  All of this is done before
# privileges are dropped.

sub start
{
    my ($name, $command, %options) = @_;

    my $pid = fork() // die "fork: $!\n";

    if ($pid == 0) {
        eval { _exec($command, %options) };
        print STDERR "run: $name: $@";
        POSIX::_exit(127);
    }

    # either of us may be first
    setpgrp($pid, $pid);

    $pids{$name} = $pid;
}


sub _exec
{
    my ($command, %options) = @_;
    my @drop;

    setpgrp(0, 0);

    $SIG{$_} = 'DEFAULT' for qw(TERM INT HUP CHLD);
    %ENV = (%ENV, %{ $options{env} // {} });

    open STDIN, '<', $options{stdin} // '/dev/null' or die "stdin: $!\n";

    if ($options{stdout}) {
        open STDOUT, '>>', $options{stdout} or die "$options{stdout}: $!\n";
        open STDERR, '>&', \*STDOUT or die "stderr: $!\n";
    }

    if ($options{folder}) {
        chdir $options{folder} or die "$options{folder}: $!\n";
    }

    if ($options{user} && $> == 0) {
        @drop = ("--reuid=$options{user}", "--regid=$options{user}",
            '--init-groups');
    }

    exec 'setpriv', '--pdeathsig', 'TERM', @drop, @$command
        or die "setpriv: $!\n";
}


sub is_running
{
    my ($name) = @_;

    return exists $pids{$name};
}


# answers the names of what has ended

sub reap
{
    my @ended;

    while ((my $pid = waitpid(-1, WNOHANG)) > 0) {
        for my $name (grep { $pids{$_} == $pid } keys %pids) {
            delete $pids{$name};
            push @ended, $name;
        }
    }

    return @ended;
}


sub stop
{
    my ($name, $seconds) = @_;

    reap();

    my $pid = $pids{$name} // return;
    my $deadline = time + $seconds;

    kill 'TERM', $pid;

    while (is_running($name)) {
        if (time > $deadline) {
            print STDERR "run: $name does not end and is killed\n";
            kill 'KILL', -$pid;
            waitpid($pid, 0);
            delete $pids{$name};
            last;
        }

        pause(0.1);
        reap();
    }
}


# a signal ends it early

sub pause
{
    my ($seconds) = @_;

    select(undef, undef, undef, $seconds);
}


1;
