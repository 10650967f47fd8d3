package Test::Conference::Root;

# Copyright (C) the project's authors, BSD-2-Clause.
#
# A Debian of its own, with processes and a network of its own, where a package
# is installed:
#
#   my $root = Test::Conference::Root->new($build, $deb);
#   my ($status, $said) = $root->run('dpkg -l conference');
#   $root->stop();
#
# What debootstrap makes, with all that the package needs, is kept in the build
# folder.  Nothing is fetched later, and nothing can be.

use strict;
use warnings;

use Digest::SHA qw(sha256_hex);
use Exporter qw(import);
use File::Path qw(make_path remove_tree);
use File::Temp qw(tempdir);

our @EXPORT_OK = qw(missing_for_root);


# why there can be no such Debian here; empty: there can

sub missing_for_root
{
    return 'only root can install packages' if $> != 0;

    for my $tool (qw(debootstrap unshare nsenter)) {
        return "there is no $tool"
            if !grep { -x "$_/$tool" } split(/:/, $ENV{PATH}), '/usr/sbin';
    }

    return 'this system makes no namespaces'
        if system('unshare --mount --pid --net --fork true 2> /dev/null')
           != 0;

    return '';
}


sub new
{
    my ($class, $build, $deb) = @_;
    my $archive = _archive($class, $build, $deb);
    my $dir = tempdir('conference-root-XXXXXXXX', TMPDIR => 1);

    _must('tar', '-C', $dir, '-xf', $archive);
    _must('cp', $deb, "$dir/root/");

    return _enter($class, $dir);
}


# with namespaces

sub _enter
{
    my ($class, $dir) = @_;
    my $self = bless { dir => $dir, owner => $$ }, $class;

    chmod 0755, $dir;
    $self->{pid} = open($self->{init}, '-|') // die "fork: $!\n";

    if ($self->{pid} == 0) {
        # it complains when it is killed
        open STDERR, '>', '/dev/null';
        exec 'unshare', qw(--mount --pid --net --uts --fork --kill-child),
            'sh', '-c', _init(), 'init', $dir
            or die "unshare: $!\n";
    }

    # the first process there tells that it is
    readline($self->{init}) // die "no namespaces\n";

    my $children = "/proc/$self->{pid}/task/$self->{pid}/children";
    open my $file, '<', $children or die "$children: $!\n";
    ($self->{inside}) = split ' ', readline $file;

    return $self;
}


# pid 1 there, which reaps whatever is left to it

sub _init
{
    return <<'SH';
set -e
mount -t proc proc "$1/proc"
mount --rbind /dev "$1/dev"
mount -t tmpfs -o mode=755 run "$1/run"
mkdir -m 1777 "$1/run/lock"
ip link set lo up
hostname meet
exec perl -e '$SIG{CHLD} = "IGNORE"; $| = 1; print "up\n"; sleep while 1'
SH
}


sub dir { $_[0]->{dir} }


# runs a shell command there; (exit status, what it said)

sub run
{
    my ($self, $command) = @_;

    open my $output, '-|', $self->command("exec 2>&1 < /dev/null; $command")
        or die "nsenter: $!\n";

    local $/;
    my $said = readline $output;

    # a service keeps what it inherited
    close $output;

    return ($? >> 8, $said // '');
}


# the words that run a shell command there

sub command
{
    my ($self, $command) = @_;

    return ('nsenter', "--target=$self->{inside}", qw(--mount --pid --net
        --uts chroot), $self->{dir}, qw(env -i HOME=/root LC_ALL=C.UTF-8
        PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive
        sh -c), "cd; $command");
}


# all of its files but those of the kernel, by name

sub files
{
    my ($self) = @_;

    my ($status, $said) = $self->run('find / -xdev -not -path "/run/*"');

    return split /\n/, $said;
}


sub stop
{
    my ($self) = @_;

    $self->_leave();
    _must('rm', '-rf', '--one-file-system', $self->{dir});
}


sub _leave
{
    my ($self) = @_;

    my $pid = delete $self->{pid} // return;

    kill 'KILL', $self->{inside}, $pid;
    close $self->{init};
}


sub DESTROY
{
    my ($self) = @_;

    local ($?, $@);
    $self->stop() if $self->{pid} && $self->{owner} == $$;
}


# The archive of a Debian that has what $deb needs: it was fresh, and apt has
# installed $deb there, which is purged.

sub _archive
{
    my ($class, $build, $deb) = @_;

    my $needs = `dpkg-deb -f '$deb' Depends Architecture`;
    my $archive = "$build/root/" . substr(sha256_hex($needs), 0, 16) . '.tar';

    return $archive if -e $archive;

    my $dir = tempdir('conference-root-XXXXXXXX', TMPDIR => 1, CLEANUP => 1);

    _bootstrap($dir);
    _must('cp', $deb, "$dir/root/");
    _must('chroot', $dir, 'sh', '-ec', 'apt-get -q update;'
        . ' apt-get -q -y --no-install-recommends --download-only install'
        . ' /root/*.deb');
    _write("$dir/etc/hosts", "127.0.0.1 localhost\n::1 localhost\n");

    my $self = _enter($class, $dir);
    my ($status, $said) = $self->run(
        'apt-get -q -y --no-install-recommends install ./*.deb'
        . ' && dpkg --purge conference && apt-get clean && rm *.deb');

    $self->_leave();
    die "the package does not install: $said\n" if $status != 0;

    # those of other dependencies are of no use any more
    remove_tree("$build/root");
    make_path("$build/root");
    _must('tar', '-C', $dir, '--one-file-system', '-cf', "$archive.new", '.');
    rename "$archive.new", $archive or die "$archive: $!\n";

    return $archive;
}


sub _bootstrap
{
    my ($dir) = @_;

    my @sources = _sources();
    my ($release) = grep { !/-/ } map { $_->[1] } @sources;
    my ($mirror) = map { $_->[0] } grep { $_->[1] eq $release } @sources;

    _must('debootstrap', '--variant=minbase', $release, $dir, $mirror);

    # its services are started by tests, in a runlevel; no disk needs fsync

    _write("$dir/usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", 0755);
    _write("$dir/sbin/runlevel", "#!/bin/sh\necho N 2\n", 0755);
    _write("$dir/etc/dpkg/dpkg.cfg.d/test", "force-unsafe-io\n");
    _write("$dir/etc/apt/sources.list",
        join '', map { "deb $_->[0] $_->[1] $_->[2]\n" } @sources);
    _write("$dir/etc/apt/apt.conf.d/90test", _apt_conf());
    _must('cp', '-L', '/etc/resolv.conf', '/etc/hosts', "$dir/etc/");
}


# [address, release, component] of this host's Debian

sub _sources
{
    my $format = '$(ORIGIN) $(REPO_URI) $(RELEASE) $(COMPONENT)';
    my $command = "apt-get indextargets --format '$format'"
        . " 'Created-By: Packages'";
    my @lines = `$command`;
    my %sources = map { /^Debian (.*)$/ ? ($1 => 1) : () } @lines;

    die "apt knows no Debian; run apt-get update\n" if !%sources;

    return map { [split] } sort keys %sources;
}


# how this host reaches its mirror

sub _apt_conf
{
    my @lines = grep {
        /^Acquire::(?:https?::Proxy|Check-|Retries)/i
    } `apt-config dump`;

    return join '', @lines, qq(Dpkg::Use-Pty "false";\n);
}


sub _write
{
    my ($path, $text, $mode) = @_;

    open my $file, '>', $path or die "$path: $!\n";
    print $file $text and close $file or die "$path: $!\n";
    chmod $mode, $path if defined $mode;
}


sub _must
{
    my (@command) = @_;

    open my $output, '-|', 'sh', '-c', 'exec "$@" 2>&1', 'sh', @command
        or die "@command: $!\n";

    my @said = readline $output;

    close $output
        or die "@command: " . join('', @said[@said > 20 ? -20 : 0 .. -1])
               . "\n";
}


1;
